package e2e

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

var allTypes = []string{
	"block:contentions:count:contentions:count", "block:delay:nanoseconds:contentions:count",
	"goroutine:goroutine:count:goroutine:count",
	"memory:alloc_objects:count:space:bytes", "memory:alloc_space:bytes:space:bytes",
	"memory:inuse_objects:count:space:bytes", "memory:inuse_space:bytes:space:bytes",
	"mutex:contentions:count:contentions:count", "mutex:delay:nanoseconds:contentions:count",
	"process_cpu:cpu:nanoseconds:cpu:nanoseconds", "process_cpu:samples:count:cpu:nanoseconds",
}

// backendLabels are computed by the server for every series.
var backendLabels = []string{"__name__", "__period_type__", "__period_unit__", "__profile_type__",
	"__service_name__", "__type__", "__unit__"}

// TestPipeline is the whole path: names, labels and stacks arrive as they are,
// and over at least 20 scrapes the deltas add up to the last count.
func TestPipeline(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		const scrapes = 20
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		start := time.Now().Add(-time.Minute)
		stoker := startStoker(t, app, backend)

		// One baseline and 20 deltas.
		harness.Eventually(t, (scrapes+8)*interval, "scrapes", func() error {
			targets := stoker.Targets(t)
			for _, name := range []string{"process_cpu", "memory", "goroutine", "mutex", "block"} {
				if targets[name].Scrapes <= scrapes {
					return fmt.Errorf("%s: %+v", name, targets[name])
				}
			}
			return nil
		})
		for name, target := range stoker.Targets(t) {
			if target.Health != "up" || target.Failures != 0 || target.Skipped != 0 {
				t.Errorf("target %s: %+v", name, target)
			}
		}
		bodies := lastLook(t, app, stoker)
		stoker.Stop(t)
		checkTypes(t, backend, start)
		checkFlameGraph(t, backend, start)
		checkLabels(t, backend, app, start)
		checkTotals(t, backend, start, bodies)
	})
}

func checkTypes(t *testing.T, backend *harness.Pyroscope, start time.Time) {
	t.Helper()
	types, err := backend.ProfileTypes(harness.Since(start))
	if err != nil || !slices.Equal(types, allTypes) {
		t.Errorf("profile types %q, want %q (%v)", types, allTypes, err)
	}
}

func checkFlameGraph(t *testing.T, backend *harness.Pyroscope, start time.Time) {
	t.Helper()
	whole := flame(t, backend, cpuType, selector, start)
	if !slices.Contains(whole.Names, "main.fibonacci") {
		t.Errorf("main.fibonacci is not among the %d names of the CPU flame graph", len(whole.Names))
	}
	part := flame(t, backend, cpuType, `{service_name="pull.golang.app",endpoint="/slow"}`, start)
	if part.Total <= 0 || part.Total >= whole.Total {
		t.Errorf(`endpoint="/slow" selects %d ns of %d, want a part`, part.Total, whole.Total)
	}
}

// checkLabels compares the label set of every series. The only label that
// comes from inside a body is endpoint: Go writes pprof labels into CPU and
// goroutine profiles.
func checkLabels(t *testing.T, backend *harness.Pyroscope, app *harness.App, start time.Time) {
	t.Helper()
	want := map[string]string{"service_name": service, "instance": app.Address, "job": "golang-pull",
		"env": "e2e", "region": "lab"}
	series, err := backend.Series(selector, harness.Since(start))
	if err != nil || len(series) < len(allTypes) {
		t.Fatalf("%d series, want at least %d (%v)", len(series), len(allTypes), err)
	}
	for _, labels := range series {
		got := maps.Clone(labels)
		for _, name := range backendLabels {
			delete(got, name)
		}
		if name := labels["__name__"]; name == "process_cpu" || name == "goroutine" {
			if endpoint, ok := got["endpoint"]; ok && endpoint == "/slow" {
				delete(got, "endpoint")
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("series %v\n has labels %v\n want %v", labels["__profile_type__"], got, want)
		}
	}
	names, err := backend.LabelNames(selector, harness.Since(start))
	all := append(slices.Collect(maps.Keys(want)), append([]string{"endpoint"}, backendLabels...)...)
	slices.Sort(all)
	if err != nil || !slices.Equal(names, all) {
		t.Errorf("label names %v, want %v (%v)", names, all, err)
	}
}
