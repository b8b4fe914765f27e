// Package jvm tests the sources for JVMs against real hosts that do a known work; see run.
package jvm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// hosts is the folder that run fills.
func hosts(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("STOKER_E2E_JVM_HOSTS")
	if folder == "" {
		t.Skip("e2e/jvm/run builds the hosts")
	}
	return folder
}

// onEachJava runs a test on every JVM that is named.
func onEachJava(t *testing.T, test func(t *testing.T, java string)) {
	hosts(t)
	commands := os.Getenv("STOKER_E2E_JAVA")
	if commands == "" {
		commands = "java"
	}
	for i, java := range strings.Fields(commands) {
		t.Run(fmt.Sprint("jvm", i), func(t *testing.T) { test(t, java) })
	}
}

// host is a JVM with its own idea of what recordings run in it.
type host struct {
	address string
	proc    *harness.Process
	list    func() ([]string, error)
}

// own are the recordings (and clones) that any Stoker has left or runs.
func (h host) own(t *testing.T) []string {
	t.Helper()
	names, err := h.list()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return !strings.Contains(name, "stoker-") })
}

const password = "open sesame"

func startJolokia(t *testing.T, java, auth string) host {
	t.Helper()
	folder := hosts(t)
	port := harness.FreePort(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	agent := fmt.Sprintf("-javaagent:%s/jolokia.jar=port=%d,host=127.0.0.1,discoveryEnabled=false%s", folder, port, auth)
	proc := harness.Start(t, "jolokia", t.TempDir(), nil,
		java, "-Xmx128m", agent, "-cp", filepath.Join(folder, "boot27"), "host.Work")
	h := host{address, proc, func() ([]string, error) {
		request := `{"type":"read","mbean":"jdk.management.jfr:type=FlightRecorder","attribute":"Recordings"}`
		var answer struct{ Value []struct{ Name string } }
		if err := ask("POST", "http://"+address+"/jolokia", request, auth != "", &answer); err != nil {
			return nil, err
		}
		names := []string{}
		for _, r := range answer.Value {
			names = append(names, r.Name)
		}
		return names, nil
	}}
	h.await(t)
	return h
}

func startBoot27(t *testing.T, java string) host {
	t.Helper()
	folder := hosts(t)
	libraries, err := os.ReadFile(filepath.Join(folder, "boot27.cp"))
	if err != nil {
		t.Fatal(err)
	}
	port := harness.FreePort(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	proc := harness.Start(t, "boot27", t.TempDir(), nil,
		java, "-Xmx256m", "-cp", filepath.Join(folder, "boot27")+":"+strings.TrimSpace(string(libraries)), "host.App",
		fmt.Sprint("--server.port=", port), "--flightrecorder.enabled=true",
		"--management.endpoints.web.exposure.include=health,flightrecorder,threaddump")
	h := host{address, proc, func() ([]string, error) {
		var answer []struct{ Description string }
		if err := ask("GET", "http://"+address+"/actuator/flightrecorder", "", false, &answer); err != nil {
			return nil, err
		}
		names := []string{}
		for _, r := range answer {
			names = append(names, r.Description)
		}
		return names, nil
	}}
	h.await(t)
	return h
}

func (h host) await(t *testing.T) {
	t.Helper()
	harness.Eventually(t, time.Minute, "host is up", func() error {
		_, err := h.list()
		return err
	})
}

func ask(method, url, body string, auth bool, answer any) error {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	if auth {
		request.SetBasicAuth("stoker", password)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != 200 {
		return fmt.Errorf("%s: %s", response.Status, b)
	}
	return json.Unmarshal(b, answer)
}

const interval = 4 * time.Second

// config scrapes one host into Stoker's own store.
func config(h host, source, more string) string {
	return fmt.Sprintf(`
pyroscope.scrape.jvm {
  targets = [ { "__address__" = "%s", service_name = work } ]
  source = %s
  scrape_interval = %s
  forward_to = [ stoker.store.local.receiver ]
  %s
}
stoker.store.local {}
`, h.address, source, interval, more)
}

func awaitScrapes(t *testing.T, s *harness.Stoker, source string, n int64) {
	t.Helper()
	harness.Eventually(t, time.Duration(n+8)*interval, "scrapes", func() error {
		target := s.Targets(t)[source]
		if target.Health != "up" || target.Scrapes < n {
			return fmt.Errorf("%s after %d: %v", target.Health, target.Scrapes, target.LastError)
		}
		return nil
	})
}

// totals are what functions took in all of one profile type.
func totals(t *testing.T, s *harness.Stoker, profileType string) map[string]float64 {
	t.Helper()
	query := url.Values{"service": {"work"}, "type": {profileType}, "from": {"now-10m"}, "max_nodes": {"4096"}}
	var graph struct {
		Flamegraph struct{ Value float64 }
		Top        []struct {
			Name  string
			Total float64
		}
	}
	if err := ask("GET", s.URL+"/api/v1/profiles/flamegraph?"+query.Encode(), "", false, &graph); err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{"total": graph.Flamegraph.Value}
	for _, function := range graph.Top {
		values[function.Name] = function.Total
	}
	return values
}

// allocatedUntil says what busy had allocated at a moment, between two lines of Work.
func allocatedUntil(log string, moment time.Time) float64 {
	at := float64(moment.UnixMilli())
	var millis, bytes, lastMillis, lastBytes float64
	for line := range strings.Lines(log) {
		if n, _ := fmt.Sscanf(line, "truth %g %g", &millis, &bytes); n != 2 {
			continue
		}
		if millis >= at {
			return lastBytes + (bytes-lastBytes)*(at-lastMillis)/(millis-lastMillis)
		}
		lastMillis, lastBytes = millis, bytes
	}
	return bytes
}

// checkWork compares what was delivered with what Work does. Allocations are
// compared when it is known what was recorded; many short recordings with
// few samples each say little about them.
func checkWork(t *testing.T, h host, s *harness.Stoker, from, to time.Time) {
	t.Helper()
	var meanPark, meanEnter float64
	for line := range strings.Lines(h.proc.Log()) {
		var millis, bytes float64
		fmt.Sscanf(line, "truth %g %g %g %g", &millis, &bytes, &meanPark, &meanEnter)
	}
	cpu := totals(t, s, "process_cpu:cpu:nanoseconds:cpu:nanoseconds")
	busy := cpu["host/Work.busy"]
	t.Logf("CPU %.1f s of which busy %.1f s", cpu["total"]/1e9, busy/1e9)
	if busy < 10e9 {
		t.Errorf("too few samples: %v", cpu)
	}
	for function, share := range map[string]float64{"seventy": 0.7, "twenty": 0.2, "ten": 0.1} {
		got := cpu["host/Work."+function] / busy
		t.Logf("%s: %.3f", function, got)
		if got < share-0.05 || got > share+0.05 {
			t.Errorf("%s has %.3f of the CPU, want %.2f", function, got, share)
		}
	}
	for function, waits := range map[string]struct {
		name  string
		nanos float64
	}{"host/Work.park": {"block", meanPark}, "host/Work.enter": {"mutex", meanEnter}} {
		delay := totals(t, s, waits.name+":delay:nanoseconds:"+waits.name+":count")[function]
		count := totals(t, s, waits.name+":contentions:count:"+waits.name+":count")[function]
		mean := delay / count
		t.Logf("%s: %.0f times, mean %.1f ms, in truth %.1f ms", function, count, mean/1e6, waits.nanos/1e6)
		if !(count > 20 && mean > waits.nanos*0.9 && mean < waits.nanos*1.1) {
			t.Errorf("%s: %.0f times, mean %.1f ms, want %.0f ms", function, count, mean/1e6, waits.nanos/1e6)
		}
	}
	bytes := totals(t, s, "memory:alloc_sample_bytes:bytes:space:bytes")
	// How much it allocates depends on the CPU that it gets, so a mean over its whole life would not do.
	want := allocatedUntil(h.proc.Log(), to) - allocatedUntil(h.proc.Log(), from)
	got := bytes["host/Work.busy"]
	t.Logf("allocated %.1f MB, of which busy %.1f MB, in truth %.1f MB", bytes["total"]/1e6, got/1e6, want/1e6)
	if got == 0 || !from.IsZero() && (got < want*0.85 || got > want*1.15) {
		t.Errorf("busy has allocated %.1f MB, want %.1f MB", got/1e6, want/1e6)
	}
}

func awaitOwn(t *testing.T, h host, what string, good func(names []string) bool) {
	t.Helper()
	harness.Eventually(t, 30*time.Second, what, func() error {
		if names := h.own(t); !good(names) {
			return fmt.Errorf("in the target: %v", names)
		}
		return nil
	})
}

func none(names []string) bool { return len(names) == 0 }

func TestJolokia(t *testing.T) {
	onEachJava(t, func(t *testing.T, java string) {
		h := startJolokia(t, java, "")
		s := harness.StartStoker(t, config(h, "jolokia", ""))
		awaitScrapes(t, s, "jolokia", 8)
		target := s.Targets(t)["jolokia"]
		_, rest, _ := strings.Cut(target.Source, " since ")
		stamp, _, _ := strings.Cut(rest, ",")
		since, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			t.Fatalf("%q: %v", target.Source, err)
		}
		checkWork(t, h, s, since, *target.LastScrape)
		if target.Failures != 0 || !strings.Contains(target.Source, "stoker-") {
			t.Errorf("target: %+v", target)
		}
		awaitOwn(t, h, "one recording", func(names []string) bool { return len(names) == 1 })
		s.Stop(t)
		awaitOwn(t, h, "nothing left", none)
	})
}

func TestJolokiaWithPassword(t *testing.T) {
	onEachJava(t, func(t *testing.T, java string) {
		h := startJolokia(t, java, ",user=stoker,password="+password)
		s := harness.StartStoker(t, config(h, "jolokia", ""))
		harness.Eventually(t, time.Minute, "refusal", func() error {
			if text := fmt.Sprint(s.Targets(t)["jolokia"].LastError); !strings.Contains(text, "credentials") {
				return fmt.Errorf("last_error: %s", text)
			}
			return nil
		})
		s.Stop(t)
		login := fmt.Sprintf(`basic_auth { username = stoker, password = "%s" }`, password)
		s = harness.StartStoker(t, config(h, "jolokia", login))
		awaitScrapes(t, s, "jolokia", 2)
	})
}

func TestActuator(t *testing.T) {
	onEachJava(t, func(t *testing.T, java string) {
		h := startBoot27(t, java)
		s := harness.StartStoker(t, config(h, "actuator-jfr", `source_config { settings { "jdk.ExecutionSample#period" = "10 ms" } }`))
		awaitScrapes(t, s, "actuator-jfr", 8)
		checkWork(t, h, s, time.Time{}, time.Time{})
		if target := s.Targets(t)["actuator-jfr"]; target.Failures != 0 {
			t.Errorf("target: %+v", target)
		}
		s.Stop(t)
		awaitOwn(t, h, "nothing left", none)
	})
}

// TestKilled: what a Stoker leaves when it is killed is gone after its next start, and another's is not touched.
func TestKilled(t *testing.T) {
	for source, start := range map[string]func(t *testing.T, java string) host{
		"jolokia":      func(t *testing.T, java string) host { return startJolokia(t, java, "") },
		"actuator-jfr": startBoot27,
	} {
		t.Run(source, func(t *testing.T) {
			onEachJava(t, func(t *testing.T, java string) {
				h := start(t, java)
				other := harness.StartStoker(t, config(h, source, ""))
				awaitScrapes(t, other, source, 1)
				foreign := h.own(t)

				storage := t.TempDir()
				s := harness.StartStokerIn(t, storage, config(h, source, ""))
				instance, err := os.ReadFile(filepath.Join(storage, "instance-id"))
				if err != nil {
					t.Fatal(err)
				}
				mine := func(names []string) []string {
					return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
						return !strings.Contains(name, strings.TrimSpace(string(instance)))
					})
				}
				var left []string
				awaitOwn(t, h, "a recording", func(names []string) bool {
					left = mine(names)
					return len(left) > 0
				})
				s.Kill()
				left = mine(h.own(t))
				if len(left) == 0 {
					t.Fatal("killed too late: nothing was left")
				}
				s = harness.StartStokerIn(t, storage, config(h, source, ""))
				awaitScrapes(t, s, source, 2)
				awaitOwn(t, h, "the old recording is gone", func(names []string) bool {
					return !slices.ContainsFunc(names, func(name string) bool { return slices.Contains(left, name) }) &&
						len(mine(names)) <= 1
				})
				before := other.Targets(t)[source]
				awaitScrapes(t, other, source, before.Scrapes+1)
				if after := other.Targets(t)[source]; after.Failures != 0 {
					t.Errorf("the other Stoker: %+v", after)
				}
				if source == "jolokia" && !slices.Equal(foreign, slices.DeleteFunc(h.own(t), func(name string) bool {
					return strings.HasPrefix(name, "Clone of ") || len(mine([]string{name})) > 0
				})) {
					t.Errorf("the other's was %v, now there are %v", foreign, h.own(t))
				}
				s.Stop(t)
				other.Stop(t)
				awaitOwn(t, h, "nothing left", none)
			})
		})
	}
}

// TestReload: a reload in the middle of a scrape leaves nothing of the old config in the target, and costs no failure.
func TestReload(t *testing.T) {
	for source, c := range map[string]struct {
		start    func(t *testing.T, java string) host
		settings string
		shown    string
	}{
		"jolokia": {func(t *testing.T, java string) host { return startJolokia(t, java, "") },
			`source_config { settings { "jdk.ThreadPark#threshold" = "33 ms" } }`, "33 ms"},
		"actuator-jfr": {startBoot27, `source_config { settings { "jdk.ThreadPark#threshold" = "33 ms" } }`, "33 ms"},
		"threaddump":   {startBoot27, `source_config { samples = 7 }`, ""},
	} {
		t.Run(source, func(t *testing.T) {
			onEachJava(t, func(t *testing.T, java string) { reload(t, c.start(t, java), source, c.settings, c.shown) })
		})
	}
}

func reload(t *testing.T, h host, source, settings, shown string) {
	file := filepath.Join(t.TempDir(), "part.conf")
	if err := os.WriteFile(file, []byte(config(h, source, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	s := harness.StartStoker(t, fmt.Sprintf("include required(file(\"%s\"))\n", file))
	awaitScrapes(t, s, source, 2)
	var first []string
	if source != "threaddump" { // which leaves nothing in a target
		awaitOwn(t, h, "a recording", func(names []string) bool {
			first = names
			return len(names) > 0
		})
	}
	if err := os.WriteFile(file, []byte(config(h, source, settings)), 0o644); err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := ask("POST", s.URL+"/-/reload", "", false, &answer); err != nil {
		t.Fatal(err)
	}
	reloaded := time.Now()
	awaitOwn(t, h, "the old recording is gone", func(names []string) bool {
		return len(names) <= 1 && !slices.ContainsFunc(first, func(name string) bool { return slices.Contains(names, name) })
	})
	harness.Eventually(t, 10*interval, "the new config is at work", func() error {
		target := s.Targets(t)[source]
		if !strings.Contains(target.Source, shown) || target.Health != "up" || target.LastScrape.Before(reloaded.Add(2*interval)) {
			return fmt.Errorf("%s at %s, source %q, %v", target.Health, target.LastScrape, target.Source, target.LastError)
		}
		return nil
	})
	if target := s.Targets(t)[source]; target.Failures != 0 {
		t.Errorf("target: %+v", target)
	}
	s.Stop(t)
	awaitOwn(t, h, "nothing left", none)
}
