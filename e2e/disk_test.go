package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

const diskConfig = `
pyroscope.scrape.app {
  targets = [ { "__address__" = "%s", "service_name" = "app" } ]
  forward_to = [ pyroscope.write.sink.receiver ]
  scrape_interval = 1s
  scrape_timeout = 1s
  profiling_config { profile.process_cpu { enabled = false } }
}
pyroscope.write.sink {
  endpoint { url = "%s", queue { min_free_disk = 0, spill_after = 100ms, backlog_rate = 0 } }
}
`

// TestDiskTrouble runs on a real file system of 64 MB with a server that is
// down: full in the middle of a record, deleted, and a second daemon.
func TestDiskTrouble(t *testing.T) {
	storage := tmpfs(t, "64m")

	var down atomic.Bool
	down.Store(true)
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/proto")
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(sink.Close)
	app := harness.StartApp(t)
	config := fmt.Sprintf(diskConfig, app.Address, sink.URL)
	stoker := harness.StartStokerIn(t, storage, config)
	queue := filepath.Join(storage, "queue")

	grows := func(what string, by int64) {
		t.Helper()
		from := stoker.Endpoint(t).Offered
		harness.Eventually(t, 30*time.Second, what+": scraping goes on", func() error {
			now := stoker.Endpoint(t)
			if err := now.CheckIdentity(); err != nil {
				t.Error(err)
			}
			if now.Offered < from+by {
				return fmt.Errorf("offered %d, then %d", from, now.Offered)
			}
			return nil
		})
	}
	says := func(text string, times int) {
		t.Helper()
		harness.Eventually(t, 30*time.Second, text, func() error {
			if n := strings.Count(stoker.Log(), text); n < times {
				return fmt.Errorf("said %d times, want %d", n, times)
			}
			return nil
		})
	}
	grows("healthy disk", 10)

	filler := fill(t, storage)
	says("No space left on device", 1)
	grows("full disk", 10)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	says("the queue is written to disk again", 1)
	if lost := stoker.Endpoint(t).Lost(); lost != 0 {
		t.Errorf("lost %d, though memory had room", lost)
	}

	second := harness.Start(t, "second", t.TempDir(), nil, launcher(t), "run", configFile(t, config),
		"--listen", fmt.Sprintf("127.0.0.1:%d", harness.FreePort(t)), "--storage", storage)
	harness.Eventually(t, 30*time.Second, "the second daemon is refused", func() error {
		if !second.Exited() {
			return fmt.Errorf("it runs")
		}
		return nil
	})
	if second.ExitCode() != 1 || !strings.Contains(second.Log(), "in use by another Stoker") {
		t.Errorf("the second daemon: exit %d: %s", second.ExitCode(), second.Log())
	}

	if err := os.RemoveAll(queue); err != nil {
		t.Fatal(err)
	}
	grows("deleted folder", 10)
	harness.Eventually(t, 30*time.Second, "segments in a new folder", func() error {
		if segments, _ := filepath.Glob(filepath.Join(queue, "*", "*.seg")); len(segments) == 0 {
			return fmt.Errorf("none")
		}
		return nil
	})

	down.Store(false)
	harness.Eventually(t, 60*time.Second, "all is delivered", func() error {
		now := stoker.Endpoint(t)
		if now.Queued+now.InFlight > 0 {
			return fmt.Errorf("%+v", now)
		}
		return nil
	})
	t.Logf("at the end: %+v", stoker.Endpoint(t))
}

// tmpfs is a folder with a file system of its own.
func tmpfs(t *testing.T, size string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", folder).CombinedOutput(); err != nil {
		t.Skipf("needs to mount a tmpfs: %v %s", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", folder).Run() })
	return folder
}

// fill leaves not one block.
func fill(t *testing.T, folder string) string {
	t.Helper()
	name := filepath.Join(folder, "filler")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	block := make([]byte, 4096)
	for {
		if _, err := file.Write(block); err != nil {
			return name
		}
	}
}

func configFile(t *testing.T, config string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "second.conf")
	if err := os.WriteFile(name, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func launcher(t *testing.T) string {
	t.Helper()
	name := os.Getenv("STOKER_E2E_STOKER")
	if name == "" {
		name = filepath.Join("..", "stoker")
	}
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
