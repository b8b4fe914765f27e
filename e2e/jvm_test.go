package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"github.com/google/pprof/profile"
)

// jvmSource is one way to profile a JVM. A profile type left empty is one that
// the source does not carry.
type jvmSource struct {
	name string
	// start runs the program on a JDK; the second value is the target.
	start func(t *testing.T, home string) (*harness.JVM, string)
	// scrape is the inside of a pyroscope.scrape block.
	scrape string
	// types is all that Pyroscope has to list for the service.
	types []string
	// sometimes are types that need an event which is not in each run.
	sometimes []string
	// cpu counts nanoseconds; a sample stands for samplePeriod of them, and
	// samples are taken for this part of the time.
	cpu          string
	samplePeriod time.Duration
	coverage     float64
	// work is how long the program works at least, if 16 s of CPU time take less.
	work     time.Duration
	interval time.Duration // 0 = 4 s
	// windows tells that there is time between two recordings; how much was
	// recorded is taken from the number of monitor waits, or from the bytes.
	windows      bool
	alloc        string
	monitor      string
	monitorCount string
	park         string
}

var jvmSources = []jvmSource{
	{
		name:  "agent",
		start: harness.StartJVMWithAgent,
		scrape: `
  profiling_config {
    profile.memory { path = "/debug/pprof/allocs" }
  }`,
		types: []string{
			"block:contentions:count:contentions:count", "block:delay:nanoseconds:contentions:count",
			"goroutine:goroutine:count:goroutine:count",
			"memory:alloc_objects:count:space:bytes", "memory:alloc_space:bytes:space:bytes",
			"mutex:contentions:count:contentions:count", "mutex:delay:nanoseconds:contentions:count",
			"process_cpu:cpu:nanoseconds:cpu:nanoseconds", "process_cpu:samples:count:cpu:nanoseconds",
		},
		cpu:          cpuType,
		samplePeriod: 10 * time.Millisecond,
		coverage:     0.75,
		work:         40 * time.Second, // a thousand samples of what allocates least
		alloc:        "memory:alloc_space:bytes:space:bytes",
		monitor:      "mutex:delay:nanoseconds:contentions:count",
		monitorCount: "mutex:contentions:count:contentions:count",
		park:         "block:delay:nanoseconds:contentions:count",
	},
	{
		name:  "jfr",
		start: harness.StartJVMWithAgent,
		scrape: `
  source = jfr
  source_config { path = "/jfr", delta = true }`,
		types: []string{
			"block:contentions:count:block:count", "block:delay:nanoseconds:block:count",
			"memory:alloc_sample_bytes:bytes:space:bytes", "memory:alloc_sample_objects:count:space:bytes",
			"mutex:contentions:count:mutex:count", "mutex:delay:nanoseconds:mutex:count",
			"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		},
		cpu:          cpuType,
		samplePeriod: 10 * time.Millisecond,
		coverage:     1, // whole chunks, also of the second between two windows
		work:         40 * time.Second,
		alloc:        "memory:alloc_sample_bytes:bytes:space:bytes",
		monitor:      "mutex:delay:nanoseconds:mutex:count",
		monitorCount: "mutex:contentions:count:mutex:count",
		park:         "block:delay:nanoseconds:block:count",
	},
	{
		// Its own throttle, 150 samples a second, is what the program comes close
		// to: one sample would weigh many.
		name:  "jolokia",
		start: harness.StartJVMWithJolokia,
		scrape: `
  source = jolokia
  source_config { settings { "jdk.ExecutionSample#period" = "10 ms", "jdk.ObjectAllocationSample#throttle" = "300/s" } }`,
		types: []string{
			"block:contentions:count:block:count", "block:delay:nanoseconds:block:count",
			"memory:alloc_sample_bytes:bytes:space:bytes", "memory:alloc_sample_objects:count:space:bytes",
			"mutex:contentions:count:mutex:count", "mutex:delay:nanoseconds:mutex:count",
			"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		},
		cpu:          cpuType,
		samplePeriod: 10 * time.Millisecond,
		coverage:     1,
		work:         40 * time.Second,
		alloc:        "memory:alloc_sample_bytes:bytes:space:bytes",
		monitor:      "mutex:delay:nanoseconds:mutex:count",
		monitorCount: "mutex:contentions:count:mutex:count",
		park:         "block:delay:nanoseconds:block:count",
	},
	{
		// The first recording of a JVM takes seconds to start.
		name:  "actuator-jfr",
		start: harness.StartJVMWithFlightRecorder,
		scrape: `
  source = actuator-jfr
  delta_profiling_duration = 12s
  source_config { settings { "jdk.ExecutionSample#period" = "10 ms", "jdk.ObjectAllocationSample#throttle" = "300/s" } }`,
		types: []string{
			"block:contentions:count:block:count", "block:delay:nanoseconds:block:count",
			"memory:alloc_sample_bytes:bytes:space:bytes", "memory:alloc_sample_objects:count:space:bytes",
			"mutex:contentions:count:mutex:count", "mutex:delay:nanoseconds:mutex:count",
			"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		},
		cpu:          cpuType,
		samplePeriod: 10 * time.Millisecond,
		coverage:     1, // of windows
		work:         45 * time.Second,
		interval:     15 * time.Second,
		windows:      true,
		alloc:        "memory:alloc_sample_bytes:bytes:space:bytes",
		monitor:      "mutex:delay:nanoseconds:mutex:count",
		monitorCount: "mutex:contentions:count:mutex:count",
		park:         "block:delay:nanoseconds:block:count",
	},
	threadDumps("3.5.9"),
	threadDumps("4.1.1"),
	{
		name:  "prof",
		start: harness.StartJVMWithProf,
		scrape: `
  source = prof
  source_config { event = ctimer, interval = 10ms }
  delta_profiling_duration = 11s`,
		types:        []string{"process_cpu:cpu:nanoseconds:cpu:nanoseconds"},
		cpu:          cpuType,
		samplePeriod: 10 * time.Millisecond,
		coverage:     0.73, // what it writes is fetched some seconds later
		work:         45 * time.Second,
		interval:     15 * time.Second,
	},
	{
		name:  "prof-lock",
		start: harness.StartJVMWithProf,
		scrape: `
  source = prof
  source_config { event = lock, interval = 1ms }
  delta_profiling_duration = 11s`,
		types:        []string{"mutex:contentions:count:mutex:count", "mutex:delay:nanoseconds:mutex:count"},
		sometimes:    []string{"block:contentions:count:block:count", "block:delay:nanoseconds:block:count"}, // waits for locks of java.util.concurrent
		work:         45 * time.Second,
		interval:     15 * time.Second,
		windows:      true,
		monitor:      "mutex:delay:nanoseconds:mutex:count",
		monitorCount: "mutex:contentions:count:mutex:count",
	},
	{
		// The interval of this event is bytes: 64,000 of them.
		name:  "prof-alloc",
		start: harness.StartJVMWithProf,
		scrape: `
  source = prof
  source_config { event = alloc, interval = 64us }
  delta_profiling_duration = 11s`,
		types:    []string{"memory:alloc_in_new_tlab_bytes:bytes:space:bytes", "memory:alloc_in_new_tlab_objects:count:space:bytes"},
		work:     45 * time.Second,
		interval: 15 * time.Second,
		windows:  true,
		alloc:    "memory:alloc_in_new_tlab_bytes:bytes:space:bytes",
	},
}

// threadDumps are taken as often as the source does: a thousand in 50 s. The
// working thread's time on the wall is what they carry.
func threadDumps(boot string) jvmSource {
	return jvmSource{
		name:  "threaddump-boot" + boot,
		start: harness.StartJVMWithBoot(boot),
		scrape: `
  source = threaddump
  source_config { samples = 80, max_time_percent = 50 }`,
		types:        []string{"wall:wall:nanoseconds:wall:nanoseconds"},
		cpu:          "wall:wall:nanoseconds:wall:nanoseconds",
		samplePeriod: 50 * time.Millisecond,
		coverage:     1,
		work:         70 * time.Second,
	}
}

// jvmScope is how much of the matrix runs: all, or by STOKER_E2E_JVM=short one
// JDK, one storage and the first two sources.
type jvmScope struct {
	jdks     []string
	storages []harness.Storage
	sources  []jvmSource
}

func newJvmScope(t *testing.T) jvmScope {
	switch text := os.Getenv("STOKER_E2E_JVM"); text {
	case "short":
		return jvmScope{[]string{"17"}, []harness.Storage{harness.V2}, jvmSources[:2]}
	case "":
		return jvmScope{[]string{"17", "25"}, []harness.Storage{harness.V1, harness.V2}, jvmSources}
	default:
		t.Fatalf("STOKER_E2E_JVM=%q; there is only short", text)
		return jvmScope{}
	}
}

// TestJvmTruth compares what ends in Pyroscope with what a JVM says about
// itself. The JVM rests until the first scrape, works, and rests again, so
// that both count the same stretch of time.
func TestJvmTruth(t *testing.T) {
	scope := newJvmScope(t)
	for _, jdk := range scope.jdks {
		for _, source := range scope.sources {
			// One after the other: they measure CPU shares.
			t.Run(source.name+"/jdk"+jdk, func(t *testing.T) {
				source.check(t, jvmHome(t, jdk), scope.storages)
			})
		}
	}
}

// jvmHome skips only where a JDK is not everybody's.
func jvmHome(t *testing.T, jdk string) string {
	t.Helper()
	home := harness.JDK(t, jdk)
	if home == "" && jdk != "17" {
		t.Skipf("no JDK %s here; name its folder in STOKER_E2E_JDK%s", jdk, jdk)
	}
	return home
}

func (source jvmSource) check(t *testing.T, home string, storages []harness.Storage) {
	jvm, target := source.start(t, home)
	start := time.Now().Add(-time.Minute)
	var receivers, writes []string
	backends := map[harness.Storage]*harness.Pyroscope{}
	for _, storage := range storages {
		backends[storage] = harness.StartPyroscope(t, storage)
		receivers = append(receivers, fmt.Sprintf("pyroscope.write.%s.receiver", storage))
		writes = append(writes, fmt.Sprintf("pyroscope.write.%s { endpoint { url = %q } }\n", storage, backends[storage].URL))
	}
	stoker := harness.StartStoker(t, fmt.Sprintf(`
pyroscope.scrape.jvm {
  targets = [ { "__address__" = %q, service_name = truth } ]
  scrape_interval = %s
  forward_to = [ %s ]%s
}
%s`, target, cmp.Or(source.interval, 4*time.Second), strings.Join(receivers, ", "), source.scrape, strings.Join(writes, "")))

	awaitMoreScrapes(t, stoker, 1)
	jvm.Resume(t)
	begin := time.Now()
	harness.Eventually(t, 80*time.Second+source.work, "enough work", func() error {
		used, took := time.Duration(total(jvm.Truth(t).CPU)), time.Since(begin)
		if used < 16*time.Second || took < source.work {
			return fmt.Errorf("%v of CPU time in %v", used, took)
		}
		return nil
	})
	truth := jvm.Pause(t)
	worked := time.Since(begin)
	// One may have been under way, the second is all after the work.
	awaitMoreScrapes(t, stoker, 2)
	for name, target := range stoker.Targets(t) {
		if target.Health != "up" || target.Failures != 0 {
			t.Errorf("target %s: %+v", name, target)
		}
	}
	stoker.Stop(t)
	for storage, backend := range backends {
		t.Logf("%s:", storage)
		source.compare(t, backend, start, truth, worked)
	}
}

// awaitMoreScrapes waits until each target was scraped n times more.
func awaitMoreScrapes(t *testing.T, stoker *harness.Stoker, n int64) {
	t.Helper()
	before := stoker.Targets(t)
	harness.Eventually(t, time.Minute, "scrapes", func() error {
		now := stoker.Targets(t)
		if len(now) == 0 {
			return fmt.Errorf("no targets")
		}
		for name, target := range now {
			if target.Scrapes < before[name].Scrapes+n {
				return fmt.Errorf("%s: %+v", name, target)
			}
		}
		return nil
	})
}

func (source jvmSource) compare(t *testing.T, backend *harness.Pyroscope, start time.Time, truth harness.Truth, worked time.Duration) {
	t.Helper()
	types, err := backend.ProfileTypes(harness.Since(start))
	types = slices.DeleteFunc(types, func(each string) bool { return slices.Contains(source.sometimes, each) })
	if err != nil || !slices.Equal(types, source.types) {
		t.Errorf("profile types %q\n want %q (%v)", types, source.types, err)
	}
	if source.windows {
		part := source.recorded(t, backend, start, truth)
		t.Logf("%.0f %% of the time recorded", 100*part)
		if part < 0.3 || part > 1 { // a scrape of a busy machine is late, and skips one
			t.Errorf("%.0f %% of the time recorded", 100*part)
		}
		truth, worked = truth.Times(part), time.Duration(part*float64(worked))
	}
	if source.cpu != "" {
		stored := settled(t, backend, source.cpu, start)
		checkShares(t, stored, 0, truth.CPU, 1000*source.samplePeriod.Nanoseconds())
		// One thread works; on a busy machine it is sampled while it waits for a core.
		found := float64(below(stored, 0, slices.Collect(maps.Keys(truth.CPU))...)) / source.coverage
		if found < 0.7*float64(total(truth.CPU)) || found > 1.15*float64(worked) {
			t.Errorf("%v of CPU time found, want the %v that were used", time.Duration(found), time.Duration(total(truth.CPU)))
		}
	}
	if source.alloc != "" {
		stored := settled(t, backend, source.alloc, start)
		for _, method := range slices.Sorted(maps.Keys(truth.Allocated)) {
			checkNear(t, "bytes allocated in "+method, below(stored, 0, method), truth.Allocated[method], 0.15)
		}
		checkNear(t, "bytes allocated", below(stored, 0, "bytes", "longs", "nodes"), total(truth.Allocated), 0.15)
	}
	if source.monitor != "" {
		checkNear(t, "ns of monitor waits", below(settled(t, backend, source.monitor, start), 0, "contended"), truth.MonitorNanos, 0.10)
		if !source.windows {
			checkNear(t, "monitor waits", below(settled(t, backend, source.monitorCount, start), 0, "contended"), truth.MonitorWaits, 0.10)
		}
	}
	if source.park != "" {
		checkNear(t, "ns of parks", below(settled(t, backend, source.park, start), 0, "parked"), truth.ParkNanos, 0.10)
	}
}

// recorded is the part of the work that fell into recordings: by the monitor waits, or else by the bytes.
func (source jvmSource) recorded(t *testing.T, backend *harness.Pyroscope, start time.Time, truth harness.Truth) float64 {
	t.Helper()
	if source.monitorCount != "" {
		return float64(below(settled(t, backend, source.monitorCount, start), 0, "contended")) / float64(truth.MonitorWaits)
	}
	return float64(below(settled(t, backend, source.alloc, start), 0, "bytes", "longs", "nodes")) / float64(total(truth.Allocated))
}

// settled is the merge of all that is stored, when it no longer grows.
func settled(t *testing.T, backend *harness.Pyroscope, profileType string, start time.Time) *profile.Profile {
	t.Helper()
	var merged *profile.Profile
	var sum int64
	harness.Eventually(t, time.Minute, profileType, func() error {
		now, err := backend.MergeProfile(profileType, `{service_name="truth"}`, harness.Since(start))
		if err != nil || now == nil {
			return fmt.Errorf("nothing stored (%v)", err)
		}
		merged = now
		before := sum
		sum = harness.Sum(now, 0)
		if sum == 0 || sum != before {
			return fmt.Errorf("still growing: %d, then %d", before, sum)
		}
		return nil
	})
	return merged
}

// below sums the samples that have one of the program's methods in their stack.
func below(p *profile.Profile, index int, methods ...string) (sum int64) {
	for _, sample := range p.Sample {
		if slices.ContainsFunc(sample.Location, func(l *profile.Location) bool {
			return slices.ContainsFunc(l.Line, func(line profile.Line) bool {
				name, ours := strings.CutPrefix(line.Function.Name, "truth/JvmTruth.")
				return ours && slices.Contains(methods, name)
			})
		}) {
			sum += sample.Value[index]
		}
	}
	return sum
}

// checkShares compares how the CPU time splits over the three methods.
func checkShares(t *testing.T, p *profile.Profile, index int, truth map[string]int64, atLeast int64) {
	t.Helper()
	methods := slices.Sorted(maps.Keys(truth))
	found := below(p, index, methods...)
	if found < atLeast {
		t.Errorf("%d found, want at least %d for 1000 samples", found, atLeast)
	}
	for _, method := range methods {
		got := 100 * float64(below(p, index, method)) / float64(found)
		want := 100 * float64(truth[method]) / float64(total(truth))
		t.Logf("CPU of %s: %.1f %%, truth %.1f %% (of %d found)", method, got, want, found)
		if math.Abs(got-want) > 5 {
			t.Errorf("CPU of %s: %.1f %%, want %.1f %% within 5 points", method, got, want)
		}
	}
}

func checkNear(t *testing.T, what string, got, want int64, part float64) {
	t.Helper()
	off := float64(got)/float64(want) - 1
	t.Logf("%s: %d, truth %d (%+.1f %%)", what, got, want, 100*off)
	if want == 0 || math.Abs(off) > part {
		t.Errorf("%s: %d, want %d within %.0f %%", what, got, want, 100*part)
	}
}

func total(parts map[string]int64) (sum int64) {
	for _, part := range parts {
		sum += part
	}
	return sum
}

// TestJvmPlainPull pulls the agent without Stoker, as anything that knows Go
// services does: a CPU profile of some seconds, differences of allocs.
func TestJvmPlainPull(t *testing.T) {
	for _, jdk := range newJvmScope(t).jdks {
		t.Run("jdk"+jdk, func(t *testing.T) {
			jvm, agent := harness.StartJVMWithAgent(t, jvmHome(t, jdk))
			pull := func(path string) *profile.Profile {
				b, err := harness.Get("http://" + agent + "/debug/pprof/" + path)
				if err != nil {
					t.Fatal(err)
				}
				p, err := profile.ParseData(b)
				if err != nil {
					t.Fatal(err)
				}
				return p
			}
			jvm.Resume(t)
			before, truthBefore := pull("allocs"), jvm.Truth(t)
			cpu := pull("profile?seconds=5")
			truth := jvm.Pause(t)
			after := pull("allocs")

			if span := time.Duration(cpu.DurationNanos); span < 5*time.Second || span > 7*time.Second {
				t.Errorf("duration %v, want 5 s", span)
			}
			checkShares(t, cpu, 1, minus(truth.CPU, truthBefore.CPU), 250*cpu.Period)
			methods := []string{"bytes", "longs", "nodes"}
			checkNear(t, "bytes allocated", below(after, 1, methods...)-below(before, 1, methods...),
				total(truth.Allocated)-total(truthBefore.Allocated), 0.15)
		})
	}
}

func minus(after, before map[string]int64) map[string]int64 {
	difference := map[string]int64{}
	for name, value := range after {
		difference[name] = value - before[name]
	}
	return difference
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestJvmPage runs the commands of docs/profile-a-jvm.md as they stand, but
// for names of files and numbers of ports and processes.
func TestJvmPage(t *testing.T) {
	home := jvmHome(t, "17")
	page := shellBlock.FindAllStringSubmatch(read(t, filepath.Join("..", "docs", "profile-a-jvm.md")), -1)
	if len(page) != 4 {
		t.Fatalf("%d shell blocks, want 4", len(page))
	}
	start, attach, ask, kubectl := page[0][1], page[1][1], page[2][1], page[3][1]
	run := func(command string, old ...string) {
		all := append([]string{"java", filepath.Join(home, "bin", "java"), "stoker-agent.jar", harness.AgentJar(t)}, old...)
		command = "set -e\n" + strings.NewReplacer(all...).Replace(command)
		shell := exec.Command("bash", "-c", command)
		shell.Dir = t.TempDir()
		if out, err := shell.CombinedOutput(); err != nil {
			t.Fatalf("%s%v: %s", command, err, out)
		}
	}
	askAll := func(port string) { run(ask, "6060", port) }

	_, option, _ := strings.Cut(strings.Fields(start)[1], "=")
	jvm, agent := harness.StartJVMWithAgent(t, home)
	if strings.TrimSpace(start) != "java -javaagent:stoker-agent.jar=port=6060 -jar app.jar" || option != "port=6060" {
		t.Errorf("the harness starts the agent otherwise than %s", start)
	}
	jvm.Resume(t)
	askAll(agent[strings.IndexByte(agent, ':')+1:])

	plain, port := harness.StartJVM(t, home), fmt.Sprint(harness.FreePort(t))
	run(attach, "PID", fmt.Sprint(plain.PID()), "6060", port)
	plain.Resume(t)
	askAll(port)

	// TestKubernetesDeploy applies it.
	for _, word := range strings.Fields(kubectl) {
		if strings.HasPrefix(word, "deploy/") {
			exists(t, filepath.Join("..", word))
		}
	}
}
