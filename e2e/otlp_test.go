package e2e

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"github.com/google/pprof/profile"
)

// otlpNames are the types of a Go service as pyroscope.write brings them, and
// the names that Pyroscope makes of the same by OTLP: docs/otlp.md has them.
// Two types of sample make the same of a CPU profile. The label profile tells
// mutex and block apart, which have one name there.
var otlpNames = []struct{ profile, push, otlp string }{
	{"process_cpu", "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "process_cpu:cpu:nanoseconds:cpu:nanoseconds"},
	{"process_cpu", "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "cpu:cpu:nanoseconds:cpu:nanoseconds"},
	{"memory", "memory:alloc_objects:count:space:bytes", "space:alloc_objects:count:space:bytes"},
	{"memory", "memory:alloc_space:bytes:space:bytes", "space:alloc_space:bytes:space:bytes"},
	{"memory", "memory:inuse_objects:count:space:bytes", "space:inuse_objects:count:space:bytes"},
	{"memory", "memory:inuse_space:bytes:space:bytes", "space:inuse_space:bytes:space:bytes"},
	{"goroutine", "goroutine:goroutine:count:goroutine:count", "goroutine:goroutine:count:goroutine:count"},
	{"mutex", "mutex:contentions:count:contentions:count", "contentions:contentions:count:contentions:count"},
	{"mutex", "mutex:delay:nanoseconds:contentions:count", "contentions:delay:nanoseconds:contentions:count"},
	{"block", "block:contentions:count:contentions:count", "contentions:contentions:count:contentions:count"},
	{"block", "block:delay:nanoseconds:contentions:count", "contentions:delay:nanoseconds:contentions:count"},
}

// TestOtlpWrite sends the same scrapes to one server three ways: what OTLP
// brings is, per stack, label and value, what pyroscope.write brings.
func TestOtlpWrite(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		start := time.Now().Add(-time.Minute)
		stoker := harness.StartStoker(t, fmt.Sprintf(`
			pyroscope.scrape.default {
			  targets = [ { "__address__" = %[1]q, "service_name" = %[2]q, "team.name" = "shop" } ]
			  scrape_interval = 3s
			  profiling_config {
			    profile.process_cpu { enabled = true }
			    profile.memory      { enabled = true, path = "/debug/pprof/allocs" }
			    profile.goroutine   { enabled = true }
			    profile.mutex       { enabled = true }
			    profile.block       { enabled = true }
			  }
			  forward_to = [ pyroscope.relabel.names.receiver ]
			}
			pyroscope.relabel.names {
			  rules = [ { source_labels = [ "__name__" ], target_label = "profile" } ]
			  forward_to = [ pyroscope.write.push.receiver, otlp.write.http.receiver, otlp.write.grpc.receiver ]
			}
			pyroscope.write.push { endpoint { url = %[3]q, name = push }, external_labels { way = push } }
			otlp.write.http { endpoint { url = %[3]q, name = http }, external_labels { way = http } }
			otlp.write.grpc { endpoint { url = %[3]q, name = grpc, protocol = grpc }, external_labels { way = grpc } }`,
			app.Address, service, backend.URL))
		harness.Eventually(t, 90*time.Second, "scrapes", func() error {
			targets := stoker.Targets(t)
			for _, name := range []string{"process_cpu", "memory", "goroutine", "mutex", "block"} {
				if targets[name].Scrapes < 6 {
					return fmt.Errorf("%s: %+v", name, targets[name])
				}
			}
			return nil
		})
		lastLook(t, app, stoker)
		harness.Eventually(t, 30*time.Second, "delivery", func() error {
			for _, e := range stoker.Endpoints(t) {
				if e.Queued+e.InFlight > 0 || e.Lost() > 0 || e.Sent == 0 {
					return fmt.Errorf("%+v", e)
				}
			}
			return nil
		})
		stoker.Stop(t)
		for _, way := range []string{"http", "grpc"} {
			for _, name := range otlpNames {
				for _, more := range []string{"", `,endpoint="/slow"`} {
					sameStacks(t, backend, start, name.push, name.otlp,
						fmt.Sprintf(`{service_name=%q,profile=%q,way="push"%s}`, service, name.profile, more),
						fmt.Sprintf(`{service_name=%q,profile=%q,way=%q%s}`, service, name.profile, way, more))
				}
			}
			sameLabels(t, backend, start, way)
		}
	})
}

// sameStacks waits until both ways have the same; v2 storage looks at its dead
// letter queue every 15 s.
func sameStacks(t *testing.T, backend *harness.Pyroscope, start time.Time, push, otlp, pushed, written string) {
	t.Helper()
	harness.Eventually(t, 60*time.Second, otlp+written, func() error {
		want, err := backend.MergeProfile(push, pushed, harness.Since(start))
		if err != nil {
			return err
		}
		got, err := backend.MergeProfile(otlp, written, harness.Since(start))
		if err != nil {
			return err
		}
		if a, b := stackSums(want), stackSums(got); !maps.Equal(a, b) {
			return fmt.Errorf("%d stacks by push, %d by OTLP: %s", len(a), len(b), firstDifference(a, b))
		}
		// Go writes the label endpoint into CPU profiles, and into few others.
		if len(stackSums(want)) == 0 && (push == cpuType || !strings.Contains(pushed, "endpoint")) {
			return fmt.Errorf("nothing is there, so nothing is proven")
		}
		return nil
	})
}

func firstDifference(a, b map[string]int64) string {
	for _, stack := range slices.Sorted(maps.Keys(a)) {
		if a[stack] != b[stack] {
			return fmt.Sprintf("%d against %d of %s", a[stack], b[stack], stack)
		}
	}
	for _, stack := range slices.Sorted(maps.Keys(b)) {
		if a[stack] != b[stack] {
			return fmt.Sprintf("%d against %d of %s", a[stack], b[stack], stack)
		}
	}
	return "none"
}

// stackSums has the value of each stack: every frame with its line, inlined
// ones too.
func stackSums(p *profile.Profile) map[string]int64 {
	sums := map[string]int64{}
	if p == nil {
		return sums
	}
	for _, sample := range p.Sample {
		var stack strings.Builder
		for _, location := range sample.Location {
			for _, line := range location.Line {
				fmt.Fprintf(&stack, "%s %s:%d;", line.Function.Name, line.Function.Filename, line.Line)
			}
		}
		if sample.Value[0] != 0 {
			sums[stack.String()] += sample.Value[0]
		}
	}
	return sums
}

// sameLabels compares the label sets of all series, but for the names that
// follow from the type and the server's own mark on v2 storage.
func sameLabels(t *testing.T, backend *harness.Pyroscope, start time.Time, way string) {
	t.Helper()
	sets := func(way string) []string {
		series, err := backend.Series(fmt.Sprintf(`{service_name=%q,way=%q}`, service, way), harness.Since(start))
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, labels := range series {
			for _, name := range append([]string{"way", "__otel__"}, backendLabels...) {
				delete(labels, name)
			}
			found = append(found, fmt.Sprint(labels))
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	if push, otlp := sets("push"), sets(way); len(push) == 0 || !reflect.DeepEqual(push, otlp) {
		t.Errorf("labels by push %v\n by %s %v", push, way, otlp)
	}
}
