package sdks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// world is what all SDKs push into: both storages with two tenants each, and one Stoker.
type world struct {
	apps      string // the folder that run fills
	receiver  string
	stoker    *harness.Stoker
	pyroscope map[harness.Storage]*harness.Pyroscope
	started   time.Time
}

var storages = []harness.Storage{harness.V1, harness.V2}

// sdk is a program that pushes, and what it surely pushes.
type sdk struct {
	name    string
	command func(w world, url string) []string
	service string
	types   []string
	labels  map[string][]string // values that some series has
	spans   bool                // it prints "span ID" for spans in which it worked
	ofJvm   bool
	unsure  []string // types of which v1 storage keeps what depends on the order of arrival
	counted bool     // Pyroscope miscounts its events, so they are counted in what it has pushed
}

// What an SDK pushes through Stoker arrives as what it pushes straight to Pyroscope: types,
// series with all labels, values of each stack in each series, times, spans.
func TestSdks(t *testing.T) {
	w := newWorld(t)
	t.Run("all", func(t *testing.T) {
		for _, sdk := range []sdk{golang, python(false), python(true), node, java("itimer"), java("wall")} {
			t.Run(sdk.name, func(t *testing.T) {
				t.Parallel()
				w.test(t, sdk)
			})
		}
	})
	for _, endpoint := range w.stoker.Endpoints(t) {
		if err := endpoint.CheckIdentity(); err != nil {
			t.Error(err)
		}
		if endpoint.Lost() > 0 {
			t.Errorf("%s has lost %v", endpoint.Endpoint, endpoint.Dropped)
		}
	}
}

var golang = sdk{
	name:    "go",
	command: func(w world, url string) []string { return []string{filepath.Join(w.apps, "golang"), url} },
	service: "sdk-go",
	types: []string{
		"process_cpu:cpu:nanoseconds:cpu:nanoseconds", "process_cpu:samples:count:cpu:nanoseconds",
		"memory:alloc_objects:count:space:bytes", "memory:alloc_space:bytes:space:bytes",
		"memory:inuse_objects:count:space:bytes", "memory:inuse_space:bytes:space:bytes",
		"goroutine:goroutine:count:goroutine:count",
		"mutex:contentions:count:contentions:count", "mutex:delay:nanoseconds:contentions:count",
		"block:contentions:count:contentions:count", "block:delay:nanoseconds:contentions:count",
	},
	labels: map[string][]string{"region": {"eu"}, "endpoint": {"/buy", "/look"}, "step": {"pay"}, "span_name": {"checkout"}},
	spans:  true,
}

// python pushes allocations of the last interval, and has no setting that says so: v1 storage takes them for totals and
// subtracts from each the one that came before. A tag says it as well.
func python(deltas bool) sdk {
	name, tags := "python", []string{}
	if deltas {
		name, tags = "python-deltas", []string{"__delta__=false"}
	}
	out := sdk{
		name: name,
		command: func(w world, url string) []string {
			app, _ := filepath.Abs("python/app.py")
			return append([]string{filepath.Join(w.apps, "python/bin/python"), app, url, "sdk-" + name}, tags...)
		},
		service: "sdk-" + name,
		types: []string{
			"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
			"memory:inuse_objects:count:space:bytes", "memory:inuse_space:bytes:space:bytes",
		},
		labels: map[string][]string{"region": {"eu"}, "endpoint": {"/buy", "/look"}, "part": {"background"}, "thread_name": {"background"}},
	}
	allocated := []string{"memory:alloc_objects:count:space:bytes", "memory:alloc_space:bytes:space:bytes"}
	if deltas {
		out.types = append(out.types, allocated...)
	} else {
		out.unsure = allocated
	}
	return out
}

var node = sdk{
	name: "node",
	command: func(w world, url string) []string {
		return []string{"node", filepath.Join(w.apps, "node/app.mjs"), url}
	},
	service: "sdk-node",
	types: []string{
		"wall:wall:nanoseconds:wall:nanoseconds", "wall:cpu:nanoseconds:wall:nanoseconds", "wall:samples:count:wall:nanoseconds",
		"memory:inuse_objects:count:inuse_space:bytes", "memory:inuse_space:bytes:inuse_space:bytes",
	},
	labels: map[string][]string{"region": {"eu"}, "endpoint": {"/buy", "/look"}, "pod": {"shop-1"}},
}

// java profiles by one event of async-profiler. Samples of wall say no labels and no spans. A sample of wall that
// stands for several makes Pyroscope (jfr-parser 0.16.0) count each event behind it in the recording as many times,
// up to the next sample: an allocation becomes 399 objects of the right bytes.
func java(event string) sdk {
	out := sdk{
		name: "java-" + event,
		command: func(w world, url string) []string {
			libraries, _ := os.ReadFile(filepath.Join(w.apps, "java/cp"))
			path := filepath.Join(w.apps, "java") + ":" + strings.TrimSpace(string(libraries))
			return []string{"java", "-Xmx256m", "-cp", path, "Shop", url, event}
		},
		service: "sdk-java-" + event,
		types:   []string{"process_cpu:cpu:nanoseconds:cpu:nanoseconds"},
		labels:  map[string][]string{"region": {"eu"}, "endpoint": {"/buy", "/look"}, "step": {"pay"}, "span_name": {"checkout"}},
		spans:   true,
		ofJvm:   true,
	}
	if event == "wall" {
		out.types = append(out.types, "wall:wall:nanoseconds:wall:nanoseconds")
		out.labels["endpoint"] = []string{"/buy"} // by its allocations
		out.spans, out.counted = false, true
	}
	return out
}

func newWorld(t *testing.T) world {
	apps := os.Getenv("STOKER_E2E_SDKS")
	if apps == "" {
		t.Skip("e2e/sdks/run installs the SDKs")
	}
	port := harness.FreePort(t)
	w := world{
		apps: apps, receiver: fmt.Sprintf("http://127.0.0.1:%d", port), started: time.Now(),
		pyroscope: map[harness.Storage]*harness.Pyroscope{},
	}
	endpoints := ""
	for _, storage := range storages {
		w.pyroscope[storage] = harness.StartTenants(t, storage)
		endpoints += fmt.Sprintf("{ name = %s, url = %q }\n", storage, w.pyroscope[storage].URL)
	}
	w.stoker = harness.StartStoker(t, fmt.Sprintf(`
pyroscope.receive_http.sdks {
  http { listen_address = "127.0.0.1", listen_port = %d }
  forward_to = [ pyroscope.write.both.receiver ]
}
pyroscope.write.both {
  endpoints = [ %s ]
}
`, port, endpoints))
	return w
}

func (w world) test(t *testing.T, sdk sdk) {
	proxy := &tee{stoker: w.receiver}
	for _, storage := range storages {
		proxy.direct = append(proxy.direct, w.pyroscope[storage].URL)
	}
	program := harness.Start(t, sdk.name, t.TempDir(), nil, sdk.command(w, proxy.start(t))...)
	harness.Eventually(t, 3*time.Minute, "the end of the program", func() error {
		if !program.Exited() {
			return fmt.Errorf("it runs; %s", program.LogTail(1))
		}
		return nil
	})
	if program.ExitCode() != 0 {
		t.Fatalf("it ended with %d", program.ExitCode())
	}
	w.answers(t, proxy.exchanges())
	w.drained(t)
	var spans []string
	for _, line := range strings.Split(program.Log(), "\n") {
		if id, ok := strings.CutPrefix(line, "span "); ok && sdk.spans {
			spans = append(spans, id)
		}
	}
	var counts map[string]int64
	if sdk.counted {
		counts = recorded(t, proxy.exchanges())
	}
	for _, storage := range storages {
		t.Run(string(storage), func(t *testing.T) {
			server := w.pyroscope[storage]
			c := comparison{through: server.As(throughStoker), direct: server.As(straight), during: harness.Since(w.started), ofJvm: sdk.ofJvm, recorded: counts}
			wanted := sdk
			if storage == harness.V1 {
				c.leaveOut = sdk.unsure
			} else {
				wanted.types = slices.Concat(sdk.types, sdk.unsure)
			}
			c.run(t, wanted, spans)
		})
	}
}

// answers are all 200, on both ways: what one of them does not take can't be compared.
func (w world) answers(t *testing.T, all []exchange) {
	t.Helper()
	if len(all) < 3 {
		t.Errorf("it has pushed %d times", len(all))
	}
	wrong, bytes := 0, 0
	for _, each := range all {
		bytes += len(each.body)
		if each.stoker == "" && strings.Join(each.direct, "") == "" {
			continue
		}
		if wrong++; wrong < 5 {
			t.Errorf("%s with %d bytes: Stoker said %q, Pyroscope %q", each.request, len(each.body), each.stoker, each.direct)
		}
	}
	t.Logf("%d pushes with %d bytes, %d of them not answered 200 by all; the first: %s", len(all), bytes, wrong, all[0].request)
}

// drained waits until all that Stoker took is at both servers.
func (w world) drained(t *testing.T) {
	t.Helper()
	harness.Eventually(t, 30*time.Second, "empty queues", func() error {
		for _, endpoint := range w.stoker.Endpoints(t) {
			if endpoint.Queued+endpoint.InFlight > 0 {
				return fmt.Errorf("%+v", endpoint)
			}
		}
		return nil
	})
}
