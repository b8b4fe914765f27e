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
		t.Logf("label names %v (%v)", names, err)
		types, err := backend.ProfileTypes(harness.Since(start))
		t.Logf("types %v (%v)", types, err)

		// The tests compare cumulative profiles: they must only grow.
		before, _ := profile.ParseData(mem)
		after, err := profile.ParseData(app.Fetch(t, "/debug/pprof/allocs"))
		if err != nil {
			t.Fatal(err)
		}
		if err := neverShrinks(before, after); err != nil {
			t.Error(err)
		}
	})
}

// neverShrinks checks alloc_objects and alloc_space stack by stack.
func neverShrinks(before, after *profile.Profile) error {
	key := func(s *profile.Sample) string {
		k := fmt.Sprint(s.NumLabel["bytes"])
		for _, l := range s.Location {
			k += fmt.Sprintf(" %x", l.Address)
		}
		return k
	}
	sums := map[string][2]int64{}
	for _, s := range after.Sample {
		v := sums[key(s)]
		sums[key(s)] = [2]int64{v[0] + s.Value[0], v[1] + s.Value[1]}
	}
	for _, s := range before.Sample {
		v := sums[key(s)]
		v[0], v[1] = v[0]-s.Value[0], v[1]-s.Value[1]
		if v[0] < 0 || v[1] < 0 {
			return fmt.Errorf("a stack's cumulative value went down by %v", v)
		}
		sums[key(s)] = v
	}
	return nil
}
