package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"github.com/google/pprof/profile"
)

// TestBadLabels has a service whose CPU and goroutine profiles carry labels
// for which a Pyroscope refuses the whole profile: all types arrive, with every
// nanosecond that was scraped.
func TestBadLabels(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		app := harness.StartApp(t, "-bad-labels")
		backend := harness.StartPyroscope(t, storage)
		start := time.Now().Add(-time.Minute)
		stoker := harness.StartStoker(t, fmt.Sprintf(`
			pyroscope.scrape.default {
			  targets = [ { "__address__" = %q, "service_name" = %q } ]
			  scrape_interval = 3s
			  profiling_config {
			    profile.process_cpu { enabled = true, path = "/kept/debug/pprof/profile" }
			    profile.memory      { enabled = true, path = "/debug/pprof/allocs" }
			    profile.goroutine   { enabled = true, path = "/kept/debug/pprof/goroutine" }
			    profile.mutex       { enabled = true }
			    profile.block       { enabled = true }
			  }
			  forward_to = [ pyroscope.write.endpoint.receiver ]
			}
			pyroscope.write.endpoint { endpoint { url = %q } }`, app.Address, service, backend.URL))
		harness.Eventually(t, 60*time.Second, "scrapes", func() error {
			targets := stoker.Targets(t)
			for _, name := range []string{"process_cpu", "memory", "goroutine", "mutex", "block"} {
				if targets[name].Scrapes < 5 {
					return fmt.Errorf("%s: %+v", name, targets[name])
				}
			}
			return nil
		})
		app.Close(t)
		harness.Eventually(t, 30*time.Second, "delivery", func() error {
			if e := stoker.Endpoint(t); e.Queued+e.InFlight > 0 {
				return fmt.Errorf("%+v", e)
			}
			return nil
		})
		endpoint := stoker.Endpoint(t)
		if endpoint.Lost() != 0 {
			t.Errorf("%d profiles lost: %v", endpoint.Lost(), endpoint.Dropped)
		}
		targets := stoker.Targets(t)
		for _, name := range []string{"process_cpu", "goroutine"} {
			if mended := targets[name].Detail.Mended; !strings.Contains(mended, "statement") {
				t.Errorf("%s: mended %q, want the long value of statement in it", name, mended)
			}
		}
		stoker.Stop(t)

		checkTypes(t, backend, start)
		bodies := app.Served(t, "/kept/debug/pprof/profile")
		var want int64
		for _, body := range bodies {
			want += body.Total(t, "cpu")
		}
		harness.Eventually(t, 60*time.Second, cpuType, func() error {
			got, err := backend.Total(cpuType, selector, harness.Since(start))
			if err == nil && (got != want || want == 0) {
				err = fmt.Errorf("stored %d ns, scraped %d ns in %d profiles", got, want, len(bodies))
			}
			return err
		})
		checkMendedSeries(t, backend, start)
	})
}

// checkMendedSeries has one look at each kind of bad label.
func checkMendedSeries(t *testing.T, backend *harness.Pyroscope, start time.Time) {
	t.Helper()
	series, err := backend.Series(selector, harness.Since(start))
	if err != nil {
		t.Fatal(err)
	}
	var long, many, good, plain int
	for _, labels := range series {
		if value := labels["statement"]; value != "" {
			if want := "SELECT " + strings.Repeat("\u00fc", 1020); value != want {
				t.Errorf("statement is %d bytes: %.40q", len(value), value)
			}
			long++
		}
		if labels["request_id"] != "" {
			t.Errorf("request_id is there beside %v", slices.Sorted(maps.Keys(labels)))
		}
		if labels["many00"] == "same" {
			many++
		}
		if labels["route"] == "/good" {
			good++
		}
		if labels["process_description"] == "compaction" || labels["process-description"] == "compaction" {
			plain++
		}
	}
	if long == 0 || many == 0 || good == 0 || plain == 0 {
		t.Errorf("series with a long value %d, with many labels %d, a good one %d, a bad name %d; want some of each", long, many, good, plain)
	}
}

// TestRefused has a target whose profiles no server takes: it says so.
func TestRefused(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		var body bytes.Buffer
		broken := &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "in-use", Unit: "bytes"}},
			PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"},
			TimeNanos:  time.Now().UnixNano(),
		}
		function := &profile.Function{ID: 1, Name: "main"}
		location := &profile.Location{ID: 1, Line: []profile.Line{{Function: function}}}
		broken.Function, broken.Location = []*profile.Function{function}, []*profile.Location{location}
		broken.Sample = []*profile.Sample{{Location: []*profile.Location{location}, Value: []int64{1}}}
		zip := gzip.NewWriter(&body)
		if err := broken.WriteUncompressed(zip); err != nil {
			t.Fatal(err)
		}
		zip.Close()
		target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body.Bytes()) }))
		t.Cleanup(target.Close)
		backend := harness.StartPyroscope(t, storage)
		stoker := harness.StartStoker(t, fmt.Sprintf(`
			pyroscope.scrape.default {
			  targets = [ { "__address__" = %q, "service_name" = "broken" } ]
			  scrape_interval = 2s
			  profiling_config {
			    profile.process_cpu { enabled = false }
			    profile.memory { enabled = false }
			    profile.mutex { enabled = false }
			    profile.block { enabled = false }
			  }
			  forward_to = [ pyroscope.write.endpoint.receiver ]
			}
			pyroscope.write.endpoint { endpoint { name = "main", url = %q } }`, strings.TrimPrefix(target.URL, "http://"), backend.URL))
		harness.Eventually(t, 30*time.Second, "the state refused", func() error {
			got := stoker.Targets(t)["goroutine"]
			words, _ := got.LastError.(string)
			if got.Health != "refused" || !strings.Contains(words, "sample type contains -") || !slices.Equal(got.Detail.RefusedBy, []string{"main"}) {
				return fmt.Errorf("%+v", got)
			}
			return nil
		})
		metrics, err := harness.Get(stoker.URL + "/metrics")
		if err != nil || !strings.Contains(string(metrics), `stoker_targets{component="pyroscope.scrape.default",state="refused"} 1`) {
			t.Errorf("stoker_targets does not say refused (%v)", err)
		}
		if got := strings.Count(stoker.Log(), "profiles of a target are refused for good"); got != 1 {
			t.Errorf("the log says it %d times, want once", got)
		}
	})
}
