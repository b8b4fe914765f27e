package e2e

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// TestKubernetesBudget scales one service from 10 pods to 200 and back, with a
// budget of 5. At any time exactly 5 pods are scraped, what is sent stays as
// much as it was, and scaled by the label it is what all pods would have sent.
func TestKubernetesBudget(t *testing.T) {
	if os.Getenv("STOKER_E2E_BUDGET") == "" {
		t.Skip("set STOKER_E2E_BUDGET=1: two minutes in which a busy machine would miss ticks")
	}
	kube, token := cluster(t)
	farm := harness.StartPodFarm(t)
	herd := harness.Herd{Namespace: "herd", PerNode: 400, Port: farm.Port}
	herd.Write(t, kube, 0, 10)
	stoker := harness.StartStoker(t, fmt.Sprintf(`
discovery.kubernetes.pods { %s, role = pod, namespaces { names = [ herd ] } }
discovery.relabel.pods {
  targets = [ discovery.kubernetes.pods.targets ]
  rules = [ { source_labels = [ __meta_kubernetes_pod_container_port_number ], regex = "%d", action = keep } ]
}
pyroscope.scrape.herd {
  targets = [ discovery.relabel.pods.output ]
  scrape_interval = 1s
  budget { max_targets = 5, rotate = 60s, share_label = profiled_share }
  profiling_config {
    profile.goroutine.enabled = true, profile.memory.enabled = false, profile.block.enabled = false
    profile.mutex.enabled = false, profile.process_cpu.enabled = false
  }
  forward_to = [ pyroscope.write.sink.receiver ]
}
pyroscope.write.sink { endpoint { url = %q } }
`, access(kube, token), farm.Port, farm.Sink))

	first := budgetRound(t, stoker, farm, 10)
	herd.Write(t, kube, 10, 100)
	second := budgetRound(t, stoker, farm, 100)
	herd.Write(t, kube, 100, 200)
	harness.Eventually(t, time.Minute, "200 pods are known", func() error { return onlyFive(t, stoker, 200) })
	for i := 10; i < 200; i++ {
		kube.Delete(t, "/api/v1/namespaces/herd/pods/"+herd.Name(i))
		if i%10 == 0 {
			if active, _ := processesOf(t, stoker); active != 5 {
				t.Fatalf("%d pods are scraped while others go", active)
			}
		}
	}
	third := budgetRound(t, stoker, farm, 10)
	for _, other := range []float64{second, third} {
		if other < first*0.9 || other > first*1.1 {
			t.Errorf("profiles a second: %.2f of 10 pods, %.2f of 100, %.2f of 10 again", first, second, third)
		}
	}
	t.Logf("profiles a second: %.2f of 10 pods, %.2f of 100, %.2f of 10 again", first, second, third)
}

// budgetRound waits until so many pods are known, looks for 20 intervals, and
// returns how many profiles come a second.
func budgetRound(t *testing.T, stoker *harness.Stoker, farm *harness.PodFarm, pods int) float64 {
	t.Helper()
	harness.Eventually(t, time.Minute, "the pods are known", func() error { return onlyFive(t, stoker, pods) })
	time.Sleep(2 * time.Second) // first scrapes
	began, pushed := time.Now(), farm.Pushed.Load()
	for time.Since(began) < 20*time.Second {
		if err := onlyFive(t, stoker, pods); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	sent := float64(farm.Pushed.Load() - pushed)
	seconds := time.Since(began).Seconds()
	active, _ := stoker.AllTargets(t)
	share, err := strconv.ParseFloat(active[0].Labels["profiled_share"], 64)
	if err != nil {
		t.Fatal(err)
	}
	scaled, full := sent*100/share, float64(pods)*seconds
	if scaled < full*0.95 || scaled > full*1.05 {
		t.Errorf("of %d pods %.0f profiles came, scaled %.0f, and all would be %.0f", pods, sent, scaled, full)
	}
	return sent / seconds
}

func onlyFive(t *testing.T, stoker *harness.Stoker, pods int) error {
	t.Helper()
	if active, all := processesOf(t, stoker); active != 5 || all != pods {
		return fmt.Errorf("%d of %d pods are scraped, want 5 of %d", active, all, pods)
	}
	return nil
}

// processesOf counts the pods that are scraped, and all that are known.
func processesOf(t *testing.T, stoker *harness.Stoker) (scraped, all int) {
	t.Helper()
	active, dropped := stoker.AllTargets(t)
	pods := map[string]bool{}
	for _, target := range active {
		pods[target.Discovered["__address__"]] = true
	}
	scraped = len(pods)
	for _, target := range dropped {
		if target.Reason == "budget" {
			pods[target.Discovered["__address__"]] = true
		}
	}
	return scraped, len(pods)
}
