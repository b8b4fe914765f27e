package e2e

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dev.stoker/e2e/cgroup"
	"dev.stoker/e2e/harness"
)

const ownPods = 400 // of node n0

// TestKubernetesFigures prints what discovery costs: benchmarks/kubernetes
// runs it. STOKER_E2E_VS is the launcher of another build, which then watches
// the same API server at the same time. With STOKER_E2E_FIGURES=own-node there
// are no whole clusters, and no other pods than the node's own.
func TestKubernetesFigures(t *testing.T) {
	if os.Getenv("STOKER_E2E_FIGURES") == "" {
		t.Skip("benchmarks/kubernetes runs it")
	}
	pods := number(t, "STOKER_E2E_PODS", 20_000)
	kube, token := cluster(t)
	farm := harness.StartPodFarm(t)
	marked := atomic.Bool{}
	marked.Store(true)
	herd := harness.Herd{Namespace: "herd", PerNode: ownPods, Port: farm.Port, Annotations: func(i int) map[string]string {
		switch {
		case i >= ownPods:
			return fiveOfSome(i)
		case i == ownPods-1 && marked.Load(): // the last one of the list
			return map[string]string{"profiles.grafana.com/goroutine.scrape": "true"}
		default:
			return nil
		}
	}}
	var rows []string
	written := 0
	sizes := []int{pods / 4, pods / 2, pods}
	if os.Getenv("STOKER_E2E_FIGURES") == "own-node" {
		sizes = nil
		herd.Write(t, kube, 0, ownPods)
	}
	for _, size := range sizes {
		herd.Write(t, kube, written, size)
		written = size
		t.Run(fmt.Sprintf("whole cluster of %d", size), func(t *testing.T) {
			rows = append(rows, wholeCluster(t, kube, token, farm, size))
		})
	}
	t.Run("own node", func(t *testing.T) { rows = append(rows, ownNode(t, kube, token, herd, &marked)...) })
	t.Logf("\n%s", strings.Join(rows, "\n"))
}

func wholeCluster(t *testing.T, kube *harness.Kube, token string, farm *harness.PodFarm, size int) string {
	group, err := cgroup.New(512 << 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(group.Remove)
	want := 1
	for i := ownPods; i < size; i++ {
		want += len(fiveOfSome(i))
	}
	began := time.Now()
	stoker := harness.Launch{Group: group}.Begin(t, deploymentConfig(t, kube, token, farm))
	active, at := settle(t, stoker, group, want)
	if active != want {
		t.Errorf("%d of %d targets", active, want)
	}
	cpu := harness.CPU(t, stoker.Pid())
	time.Sleep(60 * time.Second) // one interval
	now, most := harness.RSS(t, stoker.Pid())
	return fmt.Sprintf("| whole cluster, %d pods, %d targets at 60 s | ready after %.1f s, CPU until then %.1f s, in the minute after it %.1f s | RSS %d MB, at most %d MB; cgroup at most %d MiB of 512 |",
		size, active, at.Sub(began).Seconds(), cpu.Seconds(), (harness.CPU(t, stoker.Pid()) - cpu).Seconds(), now/1e6, most/1e6, group.Peak()>>20)
}

// ownNodeConfig is the DaemonSet's, without a server to send to.
const ownNodeConfig = `
discovery.kubernetes.pods { %s, role = pod, node = "n0" }
discovery.annotations.pods { targets = [ discovery.kubernetes.pods.targets ] }
pyroscope.scrape.pods { targets = [ discovery.annotations.pods.output ], forward_to = [ stoker.store.s.receiver ], scrape_interval = 60s }
stoker.store.s {}
`

// A figure is what one build took.
type figure struct {
	stoker         *harness.Stoker
	ready          time.Duration
	rss, most      int64
	cpu            map[string]time.Duration
	changeToTarget []time.Duration
}

func ownNode(t *testing.T, kube *harness.Kube, token string, herd harness.Herd, marked *atomic.Bool) (rows []string) {
	builds := []harness.Launch{{Name: "this"}}
	if other := os.Getenv("STOKER_E2E_VS"); other != "" {
		builds = append(builds, harness.Launch{Name: "other", Launcher: other})
	}
	config := fmt.Sprintf(ownNodeConfig, access(kube, token))
	var figures []*figure
	began := time.Now()
	for _, build := range builds {
		figures = append(figures, &figure{stoker: build.Begin(t, config), cpu: map[string]time.Duration{}})
	}
	harness.Eventually(t, 60*time.Second, "the marked pod", func() error {
		time.Sleep(200 * time.Millisecond) // asking costs CPU too
		for _, f := range figures {
			if active, err := activeTargets(f.stoker); f.ready == 0 && active != 1 {
				return fmt.Errorf("%d targets (%v)", active, err)
			} else if f.ready == 0 {
				f.ready = time.Since(began)
			}
		}
		return nil
	})
	time.Sleep(time.Until(began.Add(30 * time.Second)))
	spent := map[*figure]time.Duration{}
	phase := func(name string) {
		for _, f := range figures {
			now := harness.CPU(t, f.stoker.Pid())
			f.cpu[name] = now - spent[f]
			spent[f] = now
		}
	}
	const start, unseen, first, second = "the start, 30 s", "changes that no label shows, 60 s", "readiness, first 30 s", "readiness, next 30 s"
	phase(start)
	changes := churn(t, kube, herd, 60*time.Second, func(int) harness.Condition {
		return harness.Condition{Ready: true, Probed: time.Now()}
	})
	phase(unseen)
	flip := func(i int) harness.Condition { return harness.Condition{Ready: i/(ownPods-1)%2 == 1} }
	changes = min(changes, 2*churn(t, kube, herd, 30*time.Second, flip))
	phase(first)
	changes = min(changes, 2*churn(t, kube, herd, 30*time.Second, flip))
	phase(second)
	for _, f := range figures {
		f.rss, f.most = harness.RSS(t, f.stoker.Pid())
	}
	for range 10 {
		time.Sleep(12 * time.Second) // changes one after the other are put together
		want := 0
		if !marked.Load() {
			want = 1
		}
		marked.Store(want == 1)
		at := time.Now()
		if err := herd.Put(kube, ownPods-1, harness.Condition{Ready: true}); err != nil {
			t.Fatal(err)
		}
		for waiting := slices.Clone(figures); len(waiting) > 0 && time.Since(at) < 15*time.Second; time.Sleep(5 * time.Millisecond) {
			waiting = slices.DeleteFunc(waiting, func(f *figure) bool {
				active, err := activeTargets(f.stoker)
				there := err == nil && active == want
				if there {
					f.changeToTarget = append(f.changeToTarget, time.Since(at))
				}
				return there
			})
		}
	}
	for i, f := range figures {
		rows = append(rows, fmt.Sprintf("| own node, %d pods, %s build | ready after %.1f s; change to target %s | CPU s: %s; at least %d changes a minute | RSS %d MB after the changes, at most %d MB |",
			ownPods, builds[i].Name, f.ready.Seconds(), spread(f.changeToTarget), seconds(f.cpu), changes, f.rss/1e6, f.most/1e6))
	}
	if len(figures) == 2 {
		ratios := ""
		for _, name := range []string{start, unseen, first, second} {
			ratios += fmt.Sprintf("%s %.2f; ", name, figures[0].cpu[name].Seconds()/figures[1].cpu[name].Seconds())
		}
		rows = append(rows, fmt.Sprintf("| this to other, CPU | %s| RSS %.2f |", ratios, float64(figures[0].rss)/float64(figures[1].rss)))
	}
	return rows
}

func seconds(cpu map[string]time.Duration) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(cpu)) {
		parts = append(parts, fmt.Sprintf("%s %.2f", name, cpu[name].Seconds()))
	}
	return strings.Join(parts, ", ")
}

// churn changes 50 pods a second.
func churn(t *testing.T, kube *harness.Kube, herd harness.Herd, length time.Duration, change func(i int) harness.Condition) (changes int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < length; <-tick.C {
		if err := herd.Put(kube, changes%(ownPods-1), change(changes)); err != nil {
			t.Fatal(err)
		}
		changes++
	}
	return changes
}

// spread is the fastest, the middle and the slowest, in ms.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "never"
	}
	slices.Sort(times)
	return fmt.Sprintf("%d, %d, %d ms (fastest, middle, slowest of %d)",
		times[0].Milliseconds(), times[len(times)/2].Milliseconds(), times[len(times)-1].Milliseconds(), len(times))
}
