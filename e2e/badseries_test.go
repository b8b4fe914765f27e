package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"dev.stoker/e2e/harness"
)

const badTypesConfig = `
pyroscope.scrape.good {
  targets = [ { "__address__" = "%[1]s", "service_name" = "good" } ]
  scrape_interval = 5s, scrape_timeout = 4s
  profiling_config.profile {
    process_cpu.enabled = false, memory.enabled = false, mutex.enabled = false, block.enabled = false, goroutine.enabled = true
    custom.heap { enabled = true, path = "/debug/pprof/heap" }
    custom.threads { enabled = true, path = "/debug/pprof/threadcreate" }
  }
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.scrape.bad {
  targets = [ { "__address__" = "%[1]s", "service_name" = "poison-one" } ]
  scrape_interval = 5s, scrape_timeout = 4s
  profiling_config.profile {
    process_cpu.enabled = false, memory.enabled = false, mutex.enabled = false, block.enabled = false, goroutine.enabled = true
  }
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.write.endpoint { endpoint { url = "%[2]s" } }
`

const badTargetsConfig = `
pyroscope.scrape.default {
  targets = [
    { "__address__" = "%[1]s", "service_name" = "good", "__param_n" = "1" }
    { "__address__" = "%[1]s", "service_name" = "good2", "__param_n" = "2" }
    { "__address__" = "%[1]s", "service_name" = "poison-one", "__param_n" = "3" }
    { "__address__" = "%[1]s", "service_name" = "poison-two", "__param_n" = "4" }
  ]
  scrape_interval = 5s, scrape_timeout = 4s
  profiling_config.profile {
    process_cpu.enabled = false, memory.enabled = false, mutex.enabled = false, block.enabled = false, goroutine.enabled = true
  }
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.write.endpoint { endpoint { url = "%[2]s" } }
`

// TestBadSeries: a server that fails on some series for ever, as Pyroscope
// does on a profile that it panics on, keeps nobody else waiting.
func TestBadSeries(t *testing.T) {
	last := 45 * time.Second
	if text := os.Getenv("STOKER_E2E_BAD_SERIES"); text != "" {
		var err error
		if last, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	for name, config := range map[string]string{"types": badTypesConfig, "targets": badTargetsConfig} {
		t.Run(name, func(t *testing.T) {
			onBothStorages(t, func(t *testing.T, storage harness.Storage) { badSeries(t, storage, config, last) })
		})
	}
}

func badSeries(t *testing.T, storage harness.Storage, config string, last time.Duration) {
	app := harness.StartApp(t)
	backend := harness.StartPyroscope(t, storage)
	proxy := startFailing(t, backend.URL)
	stoker := harness.StartStoker(t, fmt.Sprintf(config, app.Address, proxy.URL))

	start := time.Now()
	var asideAfter time.Duration
	for time.Since(start) < last || asideAfter == 0 {
		now := stoker.Endpoint(t)
		if now.State == "down" {
			t.Fatalf("the endpoint is down after %v: %+v\n%s", time.Since(start), now, stoker.Log())
		}
		if err := now.CheckIdentity(); err != nil {
			t.Fatal(err)
		}
		if asideAfter == 0 && len(now.SetAside) > 0 {
			asideAfter = time.Since(start)
		}
		for _, one := range now.SetAside {
			if !strings.HasPrefix(one.Labels["service_name"], "poison") {
				t.Fatalf("a good one was set aside: %+v", one)
			}
		}
		if asideAfter == 0 && time.Since(start) > 2*time.Minute {
			t.Fatalf("nothing is set aside after two minutes: %+v", now)
		}
		time.Sleep(250 * time.Millisecond)
	}
	if !strings.Contains(stoker.Log(), `service_name="poison-one"`) {
		t.Errorf("the log does not name the series:\n%s", stoker.Log())
	}
	waits := proxy.taken()
	if len(waits) < 10 {
		t.Fatalf("%d good profiles in %v", len(waits), last)
	}
	p90 := waits[len(waits)*9/10]
	t.Logf("%d good profiles waited %v (p90), %v at most; set aside after %v", len(waits), p90, waits[len(waits)-1], asideAfter)
	if p90 > 500*time.Millisecond {
		t.Errorf("good profiles waited %v (p90)", p90)
	}
}

// failing stands before a Pyroscope and answers 500 to the series of poison.
type failing struct {
	*httptest.Server
	mu    sync.Mutex
	waits []time.Duration
}

func startFailing(t *testing.T, backend string) *failing {
	to, err := url.Parse(backend)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(to)
	f := &failing{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if bytes.Contains(body, []byte("poison-")) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			io.WriteString(w, `{"code":"unknown","message":"boom"}`)
			return
		}
		if magic := bytes.Index(body, []byte{0x1f, 0x8b, 8}); magic >= 0 {
			if p, err := profile.ParseData(body[magic:]); err == nil {
				f.mu.Lock()
				f.waits = append(f.waits, begun.Sub(time.Unix(0, p.TimeNanos)))
				f.mu.Unlock()
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// taken is how long each had waited since it was scraped, shortest first.
func (f *failing) taken() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	sort.Slice(f.waits, func(i, j int) bool { return f.waits[i] < f.waits[j] })
	return f.waits
}
