package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"dev.stoker/e2e/harness"
)

// hugeConfig has the usual service, and a neighbour whose profiles a default
// server never takes: more than its burst of 2 MiB inflated.
const hugeConfig = `
pyroscope.scrape.default {
  targets = [ { "__address__" = "%s", "service_name" = "pull.golang.app" } ]
  scrape_interval = 3s
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.scrape.huge {
  targets = [ { "__address__" = "%s", "service_name" = "huge" } ]
  scrape_interval = 3s
  profiling_config.profile {
    process_cpu.enabled = false, memory.enabled = false, mutex.enabled = false, block.enabled = false
  }
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.write.endpoint {
  endpoint {
    url = "%s"
    max_backoff_retries = 4
    max_backoff_period = 2s
  }
}
`

// TestHugeProfile: what the server never takes ends set aside, says which
// limit of the server it met, and keeps nobody waiting.
func TestHugeProfile(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		const bodies = 3
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		var served atomic.Int32
		huge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if served.Add(1) > bodies {
				http.Error(w, "no more", http.StatusServiceUnavailable)
				return
			}
			w.Write(hugeProfile(t))
		}))
		defer huge.Close()
		start := time.Now().Add(-time.Minute)
		stoker := harness.StartStoker(t, fmt.Sprintf(hugeConfig, app.Address, strings.TrimPrefix(huge.URL, "http://"), backend.URL))

		harness.Eventually(t, 2*time.Minute, "set aside", func() error {
			now := stoker.Endpoint(t)
			if got := now.Dropped["poison"]; got != bodies {
				return fmt.Errorf("%d profiles set aside, want %d: %+v", got, bodies, now)
			}
			return now.CheckIdentity()
		})
		aside := stoker.Endpoint(t).SetAside
		if len(aside) != bodies {
			t.Fatalf("%d are shown, want %d: %+v", len(aside), bodies, aside)
		}
		for _, one := range aside {
			if one.Labels["service_name"] != "huge" || one.Tries < 4 || one.Tries > 10 {
				t.Errorf("set aside after %d tries: %v", one.Tries, one.Labels)
			}
			for _, word := range []string{"429", "-distributor.ingestion-burst-size-mb", "max_profile_size"} {
				if !strings.Contains(one.Answer, word) {
					t.Errorf("the answer does not name %s: %s", word, one.Answer)
				}
			}
		}
		for _, target := range named(t, stoker, service) {
			if target.Failures+target.Skipped > 0 {
				t.Errorf("a neighbour has failed or waited: %+v", target)
			}
		}
		last := lastLook(t, app, stoker)
		stoker.Stop(t)
		checkTotals(t, backend, start, last)
	})
}

func named(t *testing.T, stoker *harness.Stoker, service string) (found []harness.Discovered) {
	t.Helper()
	active, _ := stoker.AllTargets(t)
	for _, target := range active {
		if target.Labels["service_name"] == service {
			found = append(found, target)
		}
	}
	return found
}

// hugeProfile has 3 MiB inflated and few samples: long names make it large.
func hugeProfile(t *testing.T) []byte {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "goroutine", Unit: "count"}},
		PeriodType: &profile.ValueType{Type: "goroutine", Unit: "count"}, Period: 1, TimeNanos: time.Now().UnixNano(),
	}
	for i := range 3 << 10 {
		f := &profile.Function{ID: uint64(i + 1), Name: fmt.Sprintf("main.f%d%s", i, strings.Repeat("x", 1000))}
		l := &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f, Line: 1}}}
		p.Function, p.Location = append(p.Function, f), append(p.Location, l)
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: []int64{1}})
	}
	var body bytes.Buffer
	if err := p.Write(&body); err != nil {
		t.Error(err)
	}
	return body.Bytes()
}
