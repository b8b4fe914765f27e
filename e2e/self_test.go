package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"github.com/google/pprof/profile"
)

// TestHarnessSelf proves that the harness sees what is there, without the
// collector: what it pushes itself it must find again, to the last count. If
// this fails, no other result of this suite means anything.
func TestHarnessSelf(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		start := time.Now().Add(-time.Minute)
		const selector = `{service_name="self"}`

		cpu := app.Fetch(t, "/debug/pprof/profile?seconds=2")
		mem := app.Fetch(t, "/debug/pprof/allocs")
		for name, body := range map[string][]byte{"process_cpu": cpu, "memory": mem} {
			labels := map[string]string{"__name__": name, "service_name": "self", "__delta__": "false", "env": "e2e"}
			if err := backend.Push(labels, body); err != nil {
				t.Fatal(err)
			}
		}

		served := app.Served(t, "/debug/pprof/allocs")
		if len(served) != 1 || !slices.Equal(served[0].Body, mem) {
			t.Fatalf("the service lists %d bodies, want the one it handed out", len(served))
		}
		for sampleType, id := range map[string]string{
			"alloc_objects": "memory:alloc_objects:count:space:bytes",
			"alloc_space":   "memory:alloc_space:bytes:space:bytes",
		} {
			want := served[0].Total(t, sampleType)
			got, err := backend.Total(id, selector, harness.Since(start))
			if err != nil || got != want || want == 0 {
				t.Errorf("%s: stored %d, want %d (%v)", sampleType, got, want, err)
			}
		}

		whole := flame(t, backend, cpuType, selector, start)
		part := flame(t, backend, cpuType, `{service_name="self",endpoint="/slow"}`, start)
		if !slices.Contains(whole.Names, "main.fibonacci") || part.Total <= 0 || part.Total >= whole.Total {
			t.Errorf("cpu: %d of %d under /slow, fibonacci seen: %v", part.Total, whole.Total,
				slices.Contains(whole.Names, "main.fibonacci"))
		}
		names, err := backend.LabelNames(selector, harness.Since(start))
		want := append([]string{"endpoint", "env", "service_name"}, backendLabels...)
		slices.Sort(want)
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("label names %v, want %v (%v)", names, want, err)
		}
		types, err := backend.ProfileTypes(harness.Since(start))
		if err != nil || len(types) != 6 {
			t.Errorf("profile types %v, want 4 of memory and 2 of process_cpu (%v)", types, err)
		}

		// The outage test reads totals that span a restart of the server.
		backend.Stop(t)
		backend.Start(t)
		again := flame(t, backend, cpuType, selector, start)
		if again.Total != whole.Total {
			t.Errorf("cpu: %d ns after a restart of the server, %d before", again.Total, whole.Total)
		}
		checkGrowth(t, app)
	})
}

// checkGrowth makes sure that last minus first means something: what Go counts
// since its start must not shrink for any stack.
func checkGrowth(t *testing.T, app *harness.App) {
	t.Helper()
	for _, path := range []string{"/debug/pprof/allocs", "/debug/pprof/mutex", "/debug/pprof/block"} {
		before, err := profile.ParseData(app.Fetch(t, path))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // some load between the two looks
		after, err := profile.ParseData(app.Fetch(t, path))
		if err != nil {
			t.Fatal(err)
		}
		was, is := byStack(before), byStack(after)
		for stack, v := range was {
			if is[stack][0] < v[0] || is[stack][1] < v[1] {
				t.Errorf("%s: a stack went from %v to %v", path, v, is[stack])
			}
		}
		if len(was) == 0 || harness.Sum(after, 0) <= harness.Sum(before, 0) {
			t.Errorf("%s: no growth in a second of load (%d stacks)", path, len(was))
		}
	}
}

// byStack sums the two cumulative values, which come first in all three types.
func byStack(p *profile.Profile) map[string][2]int64 {
	sums := map[string][2]int64{}
	for _, s := range p.Sample {
		key := fmt.Sprint(s.NumLabel["bytes"])
		for _, l := range s.Location {
			key += fmt.Sprintf(" %x", l.Address)
		}
		v := sums[key]
		sums[key] = [2]int64{v[0] + s.Value[0], v[1] + s.Value[1]}
	}
	return sums
}
