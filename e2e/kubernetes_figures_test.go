package e2e

import (
	"fmt"
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
// the same API server at the same time.
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
	for _, size := range []int{pods / 4, pods / 2, pods} {
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
	stoker                   *harness.Stoker
	ready                    time.Duration
	start, churn30, churn60  time.Duration // CPU
	rssStart, rssChurn, most int64
	changes                  []time.Duration // until a changed pod is a changed target
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
		figures = append(figures, &figure{stoker: build.Begin(t, config)})
	}
	all := func(each func(f *figure)) {
		for _, f := range figures {
			each(f)
		}
	}
	harness.Eventually(t, 60*time.Second, "the marked pod", func() (err error) {
		all(func(f *figure) {
			active, failed := activeTargets(f.stoker)
			if f.ready == 0 && active == 1 {
				f.ready = time.Since(began)
			}
			if f.ready == 0 {
				err = fmt.Errorf("%d targets (%v)", active, failed)
			}
		})
		return err
	})
	time.Sleep(time.Until(began.Add(30 * time.Second)))
	cpu := map[*figure]time.Duration{}
	all(func(f *figure) {
		f.start = harness.CPU(t, f.stoker.Pid())
		cpu[f] = f.start
		f.rssStart, _ = harness.RSS(t, f.stoker.Pid())
	})

	churned := churn(t, kube, herd, 30*time.Second)
	all(func(f *figure) { f.churn30 = harness.CPU(t, f.stoker.Pid()) - cpu[f] })
	churned += churn(t, kube, herd, 30*time.Second)
	all(func(f *figure) {
		f.churn60 = harness.CPU(t, f.stoker.Pid()) - cpu[f]
		f.rssChurn, f.most = harness.RSS(t, f.stoker.Pid())
	})

	for range 10 {
		want := 0
		if !marked.Load() {
			want = 1
		}
		marked.Store(want == 1)
		at := time.Now()
		if err := herd.Put(kube, ownPods-1, true); err != nil {
			t.Fatal(err)
		}
		done := map[*figure]bool{}
		for len(done) < len(figures) && time.Since(at) < 15*time.Second {
			all(func(f *figure) {
				if active, err := activeTargets(f.stoker); !done[f] && err == nil && active == want {
					f.changes = append(f.changes, time.Since(at))
					done[f] = true
				}
			})
			time.Sleep(5 * time.Millisecond)
		}
	}
	for i, f := range figures {
		rows = append(rows, fmt.Sprintf("| own node, %d pods of all, %s build | ready after %.1f s; CPU of the first 30 s %.2f s, of %d changes in 60 s %.2f s (first 30 s: %.2f s); change to target %s | RSS %d MB after 30 s, %d MB after the changes, at most %d MB |",
			ownPods, builds[i].Name, f.ready.Seconds(), f.start.Seconds(), churned, f.churn60.Seconds(), f.churn30.Seconds(), spread(f.changes),
			f.rssStart/1e6, f.rssChurn/1e6, f.most/1e6))
	}
	if len(figures) == 2 {
		a, b := figures[0], figures[1]
		ratio := func(x, y time.Duration) float64 { return x.Seconds() / y.Seconds() }
		rows = append(rows, fmt.Sprintf("| this to other | CPU of the first 30 s %.2f (bound 0.30), of the changes %.2f (bound 0.40), of their first 30 s %.2f | RSS after the changes %.2f |",
			ratio(a.start, b.start), ratio(a.churn60, b.churn60), ratio(a.churn30, b.churn30), float64(a.rssChurn)/float64(b.rssChurn)))
	}
	return rows
}

// churn makes 50 pods a second ready or not, in turns.
func churn(t *testing.T, kube *harness.Kube, herd harness.Herd, length time.Duration) (changes int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < length; <-tick.C {
		if err := herd.Put(kube, changes%(ownPods-1), changes/(ownPods-1)%2 == 1); err != nil {
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
