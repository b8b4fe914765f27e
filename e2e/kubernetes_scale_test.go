package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dev.stoker/e2e/cgroup"
	"dev.stoker/e2e/harness"
)

// TestKubernetesScale runs the config of deploy/deployment.yaml on a whole
// cluster, in a memory cgroup of that manifest's limit and with the launcher's
// own heap. STOKER_E2E_PODS is how many pods there are, each 10 KB of JSON:
// first one in 20 asks for five profile types, then all of them for one. The
// first fits; of the second targets may be left out as "limit". Neither the
// kernel nor a kubelet would have killed it.
func TestKubernetesScale(t *testing.T) {
	pods := number(t, "STOKER_E2E_PODS", 500)
	hold := 10 * time.Second
	if pods > 2000 {
		hold = 2 * time.Minute // two intervals
	} else {
		t.Parallel()
	}
	for name, asks := range map[string]func(i int) map[string]string{"five types of one in 20": fiveOfSome, "one type of all": oneOfAll} {
		t.Run(name, func(t *testing.T) {
			kube, token := cluster(t)
			farm := harness.StartPodFarm(t)
			herd := harness.Herd{Namespace: "herd", PerNode: 400, Port: farm.Port, Annotations: asks}
			herd.Write(t, kube, 0, pods)
			group, err := cgroup.New(512 << 20)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(group.Remove) // runs after the kill
			began := time.Now()
			stoker := harness.Launch{Group: group}.Begin(t, deploymentConfig(t, kube, token, farm))
			probes := probe(t, stoker)
			want := 0
			for i := range pods {
				want += len(asks(i))
			}
			active, at := settle(t, stoker, group, want)
			ready := at.Sub(began)
			time.Sleep(hold) // scrapes, and what they keep
			if stoker.Exited() {
				t.Fatalf("it has ended; the peak of its cgroup was %d MiB", group.Peak()>>20)
			}
			_, rss := harness.RSS(t, stoker.Pid())
			messages := ""
			for _, c := range stoker.Components(t) {
				messages += fmt.Sprintf("\n\t%s %s: %s", c.ID, c.Health, c.Message)
			}
			t.Logf("%d pods: %d of %d targets after %.1f s; peak of the cgroup %d of 512 MiB, of RSS %d MB; CPU %.1f s; %d scrapes, slowest probe %d ms%s",
				pods, active, want, ready.Seconds(), group.Peak()>>20, rss/1_000_000, harness.CPU(t, stoker.Pid()).Seconds(),
				farm.Served.Load(), probes.slowest.Load(), messages)
			if name == "five types of one in 20" && active != want {
				t.Errorf("%d targets, want %d", active, want)
			}
			if active != want && !regexp.MustCompile(`(?i)limit|memory`).MatchString(messages) {
				t.Errorf("%d of %d targets, and no component says why", active, want)
			}
			if farm.Served.Load() == 0 || farm.Pushed.Load() == 0 {
				t.Errorf("%d scrapes, %d pushes", farm.Served.Load(), farm.Pushed.Load())
			}
			if probes.misses.Load() > 0 {
				t.Errorf("a kubelet would have killed it: slowest probe %d ms", probes.slowest.Load())
			}
			if strings.Contains(stoker.Log(), "OutOfMemoryError") {
				t.Error("an OutOfMemoryError")
			}
		})
	}
}

func fiveOfSome(i int) map[string]string {
	if i%20 != 0 {
		return nil
	}
	return map[string]string{
		"profiles.grafana.com/cpu.scrape": "true", "profiles.grafana.com/memory.scrape": "true", "profiles.grafana.com/goroutine.scrape": "true",
		"profiles.grafana.com/mutex.scrape": "true", "profiles.grafana.com/block.scrape": "true",
	}
}

func oneOfAll(int) map[string]string {
	return map[string]string{"profiles.grafana.com/memory.scrape": "true"}
}

// deploymentConfig is the ConfigMap of deploy/deployment.yaml, pointed at the
// test's parts and at an interval that leaves the machine to the others.
func deploymentConfig(t *testing.T, kube *harness.Kube, token string, farm *harness.PodFarm) string {
	t.Helper()
	for _, object := range harness.Parse(t, read(t, filepath.Join("..", "deploy", "deployment.yaml"))) {
		if object["kind"] != "ConfigMap" {
			continue
		}
		text := object["data"].(harness.Object)["stoker.conf"].(string)
		for from, to := range map[string]string{
			"http://pyroscope.pyroscope.svc:4040":     farm.Sink,
			`stoker.storage.path = "/var/lib/stoker"`: "",
			"role = pod": access(kube, token) + "\nrole = pod",
			"targets = [ discovery.annotations.pods.out": "scrape_interval = 60s\ntargets = [ discovery.annotations.pods.out",
		} {
			if !strings.Contains(text, from) {
				t.Fatalf("the ConfigMap has changed: no %s", from)
			}
			text = strings.Replace(text, from, to, 1)
		}
		return text
	}
	t.Fatal("no ConfigMap")
	return ""
}

// access are the arguments of discovery.kubernetes that lead to the API server.
func access(kube *harness.Kube, token string) string {
	return fmt.Sprintf("api_server = %q, bearer_token_file = %q, tls_config { ca_file = %q }", kube.URL, token, kube.CAFile)
}

// settle waits until as many targets are scraped as wanted, or no more come; the moment at which they were there.
func settle(t *testing.T, stoker *harness.Stoker, group *cgroup.Group, want int) (active int, at time.Time) {
	t.Helper()
	active = -1
	harness.Eventually(t, 5*time.Minute, "targets", func() error {
		if stoker.Exited() {
			t.Fatalf("it has ended; the peak of its cgroup was %d MiB", group.Peak()>>20)
		}
		now, err := activeTargets(stoker)
		if err != nil {
			return err
		}
		if now != active {
			active, at = now, time.Now()
		}
		if active == want || active > 0 && time.Since(at) > 20*time.Second {
			return nil
		}
		return fmt.Errorf("%d of %d", active, want)
	})
	return active, at
}

var targetSeries = regexp.MustCompile(`(?m)^stoker_targets\{[^}]*state="(\w+)"[^}]*\} (\S+)$`)

// activeTargets are those of /metrics: they cost little, whatever their number.
func activeTargets(stoker *harness.Stoker) (n int, err error) {
	text, err := harness.Get(stoker.URL + "/metrics")
	if err != nil {
		return 0, err
	}
	for _, match := range targetSeries.FindAllSubmatch(text, -1) {
		if string(match[1]) != "dropped" {
			value, _ := strconv.ParseFloat(string(match[2]), 64)
			n += int(value)
		}
	}
	return n, nil
}

// probes are what a kubelet with the manifest's liveness probe sees.
type probes struct {
	slowest atomic.Int64 // ms
	misses  atomic.Int64 // how often three in a row were not answered within a second
}

// probe asks every second, once the collector has answered for the first time.
func probe(t *testing.T, stoker *harness.Stoker) *probes {
	p := &probes{}
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		for begun, row := false, 0; ; {
			at := time.Now()
			response, err := client.Get(stoker.URL + "/-/healthy")
			if err == nil {
				response.Body.Close()
				begun = true
			}
			if took := time.Since(at); begun {
				p.slowest.Store(max(p.slowest.Load(), took.Milliseconds()))
				row++
				if err == nil && took < time.Second {
					row = 0
				}
				if row == 3 {
					p.misses.Add(1)
				}
			}
			select {
			case <-done:
				return
			case <-time.After(time.Second):
			}
		}
	}()
	return p
}

func number(t *testing.T, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
