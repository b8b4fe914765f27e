package otelcol

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// The ways into the Collector, and those out of it. Out of it by "file" means that the fileexporter writes JSON, and
// each line is posted.
var (
	in  = []string{"http", "grpc"}
	out = []string{"proto", "json", "grpc", "file"}
)

// types are those of a Go service, each with whether pprof labels are in it.
var types = []struct {
	name, sampleType string
	label            string // some stack has it; "" = none need have
}{
	{"process_cpu", "samples:count", `{endpoint=["/slow"]}`}, {"process_cpu", "cpu:nanoseconds", `{endpoint=["/slow"]}`},
	{"memory", "alloc_objects:count", "{bytes="}, {"memory", "alloc_space:bytes", "{bytes="},
	{"memory", "inuse_objects:count", "{bytes="}, {"memory", "inuse_space:bytes", "{bytes="},
	{"goroutine", "goroutine:count", `{route=["/büro"]}{tenant id=["4711"]}`},
	{"mutex", "contentions:count", ""}, {"mutex", "delay:nanoseconds", ""},
	{"block", "contentions:count", ""}, {"block", "delay:nanoseconds", ""},
}

// TestRoundTrip scrapes a Go service and delivers each profile both straight and, in all ways, through a Collector
// and back in. What comes back is the same, stack by stack, as the reference library reads it.
func TestRoundTrip(t *testing.T) {
	binary := os.Getenv("STOKER_E2E_OTELCOL")
	if binary == "" {
		t.Skip("e2e/otelcol/run builds the Collector")
	}
	w := newWorld(t, binary)
	harness.Eventually(t, 90*time.Second, "scrapes", w.scraped(t, 4))
	w.app.Kill() // no further profile
	harness.Eventually(t, 60*time.Second, "delivery", w.delivered(t))
	w.postFiles(t)
	harness.Eventually(t, 60*time.Second, "delivery of the files", w.delivered(t))

	came := w.sink.all(t)
	want, err := contents(came["straight"])
	if err != nil {
		t.Fatal(err)
	}
	enough(t, want)
	for way := range w.receive {
		t.Run(way, func(t *testing.T) { compare(t, want, came[way]) })
	}
	t.Logf("%d profiles of one type each came back in %d ways", len(want), len(w.receive))
}

// compare finds each profile again, and nothing else.
func compare(t *testing.T, want map[key]content, came []arrival) {
	got, err := contents(came)
	if err != nil {
		t.Fatal(err)
	}
	for k, content := range want {
		back, found := got[k]
		if !found {
			t.Errorf("%+v did not come back", k)
		} else if wrong := difference(content, back); wrong != "" {
			t.Errorf("%+v: %s", k, wrong)
		}
	}
	for k := range got {
		if _, known := want[k]; !known {
			t.Errorf("%+v came back and was not sent", k)
		}
	}
}

// enough makes sure that there was something to compare: each type has values, and the labels that are expected.
func enough(t *testing.T, all map[key]content) {
	for _, source := range []string{"allocs", "heap"} {
		for _, one := range types {
			if source == "heap" && one.name != "memory" {
				continue
			}
			values, labelled := 0, false
			for k, content := range all {
				if k.name != one.name || k.sampleType != one.sampleType || k.source != source {
					continue
				}
				for stack, value := range content.stacks {
					if value != 0 {
						values++
					}
					labelled = labelled || strings.Contains(stack, one.label)
				}
			}
			if values == 0 || !labelled {
				t.Errorf("nothing is proven for %s %s of %s: %d values, the label %s is there: %t", one.name, one.sampleType, source, values, one.label, labelled)
			}
		}
	}
}

// world is a service, Stoker, the Collector and the sink.
type world struct {
	app     *harness.App
	sink    *sink
	stoker  *harness.Stoker
	receive map[string]int    // port of otlp.receive by way
	files   map[string]string // what the fileexporter writes, by way in
}

func newWorld(t *testing.T, binary string) world {
	w := world{sink: startSink(t), receive: map[string]int{}, files: map[string]string{}}
	collector := map[string]int{}
	for _, way := range in {
		collector[way] = harness.FreePort(t)
		w.files[way] = filepath.Join(t.TempDir(), way+".json")
		for _, back := range out {
			w.receive[way+"_"+back] = harness.FreePort(t)
		}
	}
	w.app = harness.StartApp(t, "-labelled")
	file := filepath.Join(t.TempDir(), "collector.yaml")
	if err := os.WriteFile(file, []byte(w.collectorConfig(collector)), 0o644); err != nil {
		t.Fatal(err)
	}
	// First, as the Collector's gRPC waits longer and longer for a server that is not there.
	w.stoker = harness.StartStoker(t, w.stokerConfig(collector))
	process := harness.Start(t, "otelcol", t.TempDir(), nil, binary, "--config", file, "--feature-gates=service.profilesSupport")
	harness.Eventually(t, 30*time.Second, "the Collector", func() error {
		if !strings.Contains(process.Log(), "Everything is ready") {
			return fmt.Errorf("%s", process.LogTail(3))
		}
		return nil
	})
	return w
}

// collectorConfig is a pipeline for each way in, with all ways out.
func (w world) collectorConfig(ports map[string]int) string {
	var receivers, exporters, pipelines strings.Builder
	for _, way := range in {
		fmt.Fprintf(&receivers, "  otlp/%s: { protocols: { %s: { endpoint: \"127.0.0.1:%d\" } } }\n", way, way, ports[way])
		to := func(back string) string { return fmt.Sprintf("127.0.0.1:%d", w.receive[way+"_"+back]) }
		fmt.Fprintf(&exporters, "  otlp_http/%s_proto: { endpoint: \"http://%s\" }\n", way, to("proto"))
		fmt.Fprintf(&exporters, "  otlp_http/%s_json: { endpoint: \"http://%s\", encoding: json }\n", way, to("json"))
		fmt.Fprintf(&exporters, "  otlp_grpc/%s_grpc: { endpoint: \"%s\", tls: { insecure: true } }\n", way, to("grpc"))
		fmt.Fprintf(&exporters, "  file/%s: { path: %q }\n", way, w.files[way])
		fmt.Fprintf(&pipelines, "    profiles/%[1]s: { receivers: [otlp/%[1]s], "+
			"exporters: [otlp_http/%[1]s_proto, otlp_http/%[1]s_json, otlp_grpc/%[1]s_grpc, file/%[1]s] }\n", way)
	}
	return "receivers:\n" + receivers.String() + "exporters:\n" + exporters.String() +
		"service:\n  telemetry: { metrics: { level: none } }\n  pipelines:\n" + pipelines.String()
}

func (w world) stokerConfig(collector map[string]int) string {
	var config strings.Builder
	fmt.Fprintf(&config, `
pyroscope.scrape.service {
  targets = [ { "__address__" = %[1]q, "service_name" = shop, "team.name" = "búhos", source = allocs } ]
  scrape_interval = 3s
  profiling_config {
    profile.process_cpu { enabled = true }
    profile.memory      { enabled = true, path = "/debug/pprof/allocs" }
    profile.goroutine   { enabled = true }
    profile.mutex       { enabled = true }
    profile.block       { enabled = true }
  }
  forward_to = [ pyroscope.write.straight.receiver, otlp.write.http.receiver, otlp.write.grpc.receiver ]
}
pyroscope.scrape.heap {
  targets = [ { "__address__" = %[1]q, "service_name" = shop, source = heap } ]
  scrape_interval = 3s
  profiling_config {
    profile.process_cpu { enabled = false }
    profile.memory      { enabled = true, path = "/debug/pprof/heap" }
    profile.goroutine   { enabled = false }
    profile.mutex       { enabled = false }
    profile.block       { enabled = false }
  }
  forward_to = [ pyroscope.write.straight.receiver, otlp.write.http.receiver, otlp.write.grpc.receiver ]
}
pyroscope.write.straight { endpoint { url = "%[2]s/straight" } }
otlp.write.http { endpoint { url = "http://127.0.0.1:%[3]d" } }
otlp.write.grpc { endpoint { url = "http://127.0.0.1:%[4]d", protocol = grpc } }
`, w.app.Address, w.sink.url, collector["http"], collector["grpc"])
	for way, port := range w.receive {
		protocol := "http"
		if strings.HasSuffix(way, "_grpc") {
			protocol = "grpc"
		}
		fmt.Fprintf(&config, "otlp.receive.%[1]s { %[2]s { listen_port = %[3]d }, forward_to = [ pyroscope.write.%[1]s.receiver ] }\n"+
			"pyroscope.write.%[1]s { endpoint { url = \"%[4]s/%[1]s\" } }\n", way, protocol, port, w.sink.url)
	}
	return config.String()
}

func (w world) scraped(t *testing.T, times int64) func() error {
	return func() error {
		active, _ := w.stoker.AllTargets(t)
		if len(active) != 6 {
			return fmt.Errorf("%d targets", len(active))
		}
		for _, target := range active {
			if target.Scrapes < times {
				return fmt.Errorf("%s: %+v", target.ProfileType, target)
			}
		}
		return nil
	}
}

// delivered waits until all queues are empty and each way that has begun has as many profiles as were sent.
func (w world) delivered(t *testing.T) func() error {
	return func() error {
		for _, e := range w.stoker.Endpoints(t) {
			if e.Queued+e.InFlight > 0 || e.Lost() > 0 {
				return fmt.Errorf("%+v", e)
			}
		}
		came := w.sink.all(t)
		all := 0
		for _, one := range came["straight"] {
			for i := range one.profile.SampleType {
				if len(stacks(one.profile, i)) > 0 {
					all++
				}
			}
		}
		for way := range w.receive {
			begun := !strings.HasSuffix(way, "_file") || len(came[way]) > 0
			if len(came[way]) != all && begun || all == 0 {
				return fmt.Errorf("%d of %d came by %s", len(came[way]), all, way)
			}
		}
		return nil
	}
}

// postFiles posts what the fileexporter has written, which is a request in each line.
func (w world) postFiles(t *testing.T) {
	for way, file := range w.files {
		written, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(written))
		lines.Buffer(nil, 64<<20)
		posted := 0
		for lines.Scan() {
			url := fmt.Sprintf("http://127.0.0.1:%d/v1development/profiles", w.receive[way+"_file"])
			answer, err := http.Post(url, "application/json", bytes.NewReader(slices.Clone(lines.Bytes())))
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK || strings.Contains(string(text), "rejected") {
				t.Fatalf("%d: %s", answer.StatusCode, text)
			}
			posted++
		}
		if lines.Err() != nil || posted == 0 {
			t.Fatalf("%d lines of %s: %v", posted, file, lines.Err())
		}
	}
}
