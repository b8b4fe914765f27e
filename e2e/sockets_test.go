package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

const leakType = "goroutine_leak:goroutineleak:count:goroutineleak:count"

// TestUnixSockets has two Go programs with their profiles on unix sockets, and
// a third socket that the config does not allow. Their leaked goroutines come
// out of the server under the function that leaks them.
func TestUnixSockets(t *testing.T) {
	binary := buildSockets(t)
	folder, err := os.MkdirTemp("", "sockets") // a path of t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for _, name := range []string{"cart.sock", "mail.sock", "other"} {
		startSockets(t, binary, filepath.Join(folder, name))
	}
	backend := harness.StartPyroscope(t, harness.V2)
	start := time.Now().Add(-time.Minute)
	stoker := harness.StartStoker(t, fmt.Sprintf(`
		pyroscope.scrape.default {
		  unix_sockets = [ "%[1]s/*.sock" ]
		  targets = [
		    { "__scrape_unix_socket__" = "%[1]s/cart.sock", "service_name" = "cart" }
		    { "__scrape_unix_socket__" = "%[1]s/mail.sock", "service_name" = "mail" }
		    { "__scrape_unix_socket__" = "%[1]s/other", "service_name" = "other" }
		  ]
		  scrape_interval = 5s
		  profiling_config { profile.goroutine_leak { enabled = true } }
		  forward_to = [ pyroscope.write.default.receiver ]
		}
		pyroscope.write.default { endpoint { url = %[2]q } }`, folder, backend.URL))

	harness.Eventually(t, 60*time.Second, "scrapes", func() error {
		active, dropped := stoker.AllTargets(t)
		if len(active) != 12 || len(dropped) != 1 || !strings.Contains(dropped[0].Detail, "write unix_sockets") {
			return fmt.Errorf("%d active, dropped %+v", len(active), dropped)
		}
		for _, target := range active {
			if target.Health != "up" || target.Scrapes < 2 || target.Failures != 0 {
				return fmt.Errorf("%+v", target)
			}
		}
		return nil
	})
	for _, name := range []string{"cart", "mail"} {
		selector := fmt.Sprintf("{service_name=%q,instance=\"%s/%s.sock\"}", name, folder, name)
		harness.Eventually(t, 60*time.Second, "leaks of "+name, func() error {
			leaks, err := backend.MergeStacktraces(leakType, selector, harness.Since(start))
			if err != nil {
				return err
			}
			if leaks.Total == 0 || !slices.Contains(leaks.Names, "main.forever") {
				return fmt.Errorf("%+v", leaks)
			}
			if slices.Contains(leaks.Names, "main.waits") {
				t.Fatalf("main.waits is no leak: %+v", leaks)
			}
			return nil
		})
		all, err := backend.MergeStacktraces("goroutine:goroutine:count:goroutine:count", selector, harness.Since(start))
		if err != nil || !slices.Contains(all.Names, "main.waits") {
			t.Errorf("goroutines of %s: %+v, %v", name, all, err)
		}
	}
	stoker.Stop(t)
}

// buildSockets needs a Go that knows the experiment; Go 1.25 does not.
func buildSockets(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "sockets")
	build := exec.Command("go", "build", "-o", binary, "./apps/sockets")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOEXPERIMENT=goroutineleakprofile")
	out, err := build.CombinedOutput()
	if err != nil && strings.Contains(string(out), "unknown GOEXPERIMENT") {
		t.Skipf("this Go has no profile of leaked goroutines: %s", out)
	}
	if err != nil {
		t.Fatalf("build sockets: %v\n%s", err, out)
	}
	return binary
}

func startSockets(t *testing.T, binary, socket string) {
	t.Helper()
	harness.Start(t, "sockets", t.TempDir(), nil, binary, socket)
	harness.Eventually(t, 10*time.Second, socket, func() error {
		_, err := os.Stat(socket)
		return err
	})
}
