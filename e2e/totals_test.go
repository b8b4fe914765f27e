package e2e

import (
	"fmt"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// cumulative lists what Go counts since the process started.
var cumulative = []struct{ path, sampleType, id string }{
	{"/debug/pprof/allocs", "alloc_objects", "memory:alloc_objects:count:space:bytes"},
	{"/debug/pprof/allocs", "alloc_space", "memory:alloc_space:bytes:space:bytes"},
	{"/debug/pprof/mutex", "contentions", "mutex:contentions:count:contentions:count"},
	{"/debug/pprof/mutex", "delay", "mutex:delay:nanoseconds:contentions:count"},
	{"/debug/pprof/block", "contentions", "block:contentions:count:contentions:count"},
	{"/debug/pprof/block", "delay", "block:delay:nanoseconds:contentions:count"},
}

// handedOut are the bodies of one process life by path.
type handedOut map[string][]harness.Served

// lastLook closes the service's cumulative profiles and takes the final list.
// It waits until the collector was refused once per type: it scrapes a target
// one at a time, so it is then done with every body on the list, and neither
// its own stop nor the service's death can come between.
func lastLook(t *testing.T, app *harness.App, stoker *harness.Stoker) handedOut {
	t.Helper()
	before := stoker.Targets(t)
	app.Close(t)
	harness.Eventually(t, 3*interval, "scrapes refused", func() error {
		for _, name := range []string{"memory", "mutex", "block"} {
			if target := stoker.Targets(t)[name]; target.Failures == before[name].Failures {
				return fmt.Errorf("%s: %+v", name, target)
			}
		}
		return nil
	})
	bodies := handedOut{}
	for _, c := range cumulative {
		if bodies[c.path] == nil {
			bodies[c.path] = app.Served(t, c.path)
		}
	}
	return bodies
}

// checkTotals compares what is stored with what the service handed out during
// one or more lives. The first life counts from its first body, the baseline;
// a later life counts from zero, because the collector has to notice the
// restart and take the whole first profile as the delta.
func checkTotals(t *testing.T, backend *harness.Pyroscope, start time.Time, lives ...handedOut) {
	t.Helper()
	for _, c := range cumulative {
		var want int64
		for i, life := range lives {
			bodies := life[c.path]
			if len(bodies) < 2 {
				t.Fatalf("%s: only %d bodies handed out in life %d", c.path, len(bodies), i+1)
			}
			first, last := bodies[0].Total(t, c.sampleType), bodies[len(bodies)-1].Total(t, c.sampleType)
			want += last
			if i == 0 {
				want -= first
			}
		}
		if want == 0 {
			t.Errorf("%s: nothing happened, so nothing is proven", c.id)
		}
		// A segment that v2 storage accepted while it shut down waits in its
		// dead letter queue, which it looks at every 15 s.
		harness.Eventually(t, 60*time.Second, c.id, func() error {
			got, err := backend.Total(c.id, selector, harness.Since(start))
			if err == nil && got != want {
				err = fmt.Errorf("stored %d, the service handed out %d (difference %d)", got, want, got-want)
			}
			return err
		})
	}
}
