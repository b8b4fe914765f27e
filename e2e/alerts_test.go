package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

const healthyConfig = `
pyroscope.scrape.app {
  targets = [ { "__address__" = "%s", "service_name" = "app" } ]
  scrape_interval = 2s
  forward_to = [ pyroscope.write.well.receiver ]
}
pyroscope.write.well { endpoint { name = well, url = "%s" } }
`

// illConfig: one endpoint drops, one only waits, one refuses all, a target is not there, and what is pushed has no room.
const illConfig = `
pyroscope.scrape.app {
  targets = [ { "__address__" = "%s", "service_name" = "app" } ]
  scrape_interval = 2s
  forward_to = [ pyroscope.write.ill.receiver ]
}
pyroscope.scrape.gone {
  targets = [ { "__address__" = "127.0.0.1:%d", "service_name" = "gone" } ]
  scrape_interval = 2s
  forward_to = [ pyroscope.write.ill.receiver ]
}
pyroscope.write.ill {
  endpoints = [
    { name = small, url = "http://127.0.0.1:%[2]d", queue { memory = 20KiB, disk = 0 } }
    { name = waits, url = "http://127.0.0.1:%[2]d" }
    { name = rejects, url = "%[3]s" }
  ]
}
pyroscope.receive_http.pushes {
  http { listen_address = "127.0.0.1", listen_port = %[4]d }
  forward_to = [ pyroscope.write.full.receiver ]
}
pyroscope.write.full { endpoint { name = full, url = "http://127.0.0.1:%[2]d", queue { memory = 20KiB, disk = 0 } } }
`

const prometheusConfig = `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 500ms }
rule_files: [ rules.yaml ]
scrape_configs:
  - job_name: stoker
    static_configs: [ { targets: [ "%s", "%s" ] } ]
`

// TestAlerts: a Prometheus watches a healthy Stoker, under which no alert may
// fire, and one to which everything happens, under which every alert has to.
// The rules are those of deploy/alerts.yaml with their times made short.
func TestAlerts(t *testing.T) {
	if _, err := exec.LookPath("prometheus"); err != nil {
		t.Skip("needs prometheus (Debian: apt-get install prometheus)")
	}
	storage := tmpfs(t, "32m")
	takesAll := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/proto")
	}))
	t.Cleanup(takesAll.Close)
	app := harness.StartApp(t)
	nobody := harness.FreePort(t)
	well := harness.StartStokerIn(t, tmpfs(t, "256m"), fmt.Sprintf(healthyConfig, app.Address, takesAll.URL))
	rejectsAll := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"code":"invalid_argument","message":"no such tenant"}`, http.StatusBadRequest)
	}))
	t.Cleanup(rejectsAll.Close)
	pushes := harness.FreePort(t)
	ill := harness.StartStokerIn(t, storage, fmt.Sprintf(illConfig, app.Address, nobody, rejectsAll.URL, pushes))
	prometheus, names := startPrometheus(t, well, ill)

	fill(t, storage)
	breakConfig(t, ill)
	fired := func(name string) error {
		got := firing(t, prometheus, ill)
		if !slices.Contains(got, name) {
			return fmt.Errorf("firing: %v", got)
		}
		return nil
	}
	for _, name := range names {
		harness.Eventually(t, time.Minute, name, func() error {
			switch name {
			case "StokerEventLoopBlocked":
				ill.Signal(syscall.SIGSTOP)
				time.Sleep(700 * time.Millisecond) // the fault
				ill.Signal(syscall.SIGCONT)
			case "StokerPushesBusy":
				push(t, pushes, numbered(1), "503")
			case "StokerPushesRefused":
				push(t, pushes, []byte("no profile"), "400")
			case "StokerUnreachable":
				ill.Signal(syscall.SIGKILL)
			}
			return fired(name)
		})
	}
	if got := firing(t, prometheus, well); len(got) > 0 {
		t.Errorf("a healthy Stoker has alerts: %v", got)
	}
}

// push sends a profile until the answer is the one that is wanted.
func push(t *testing.T, port int, body []byte, want string) {
	t.Helper()
	labels := map[string]string{"__name__": "goroutine", "service_name": "pushed", "long": strings.Repeat("x", 2_000)}
	harness.Eventually(t, 20*time.Second, "an answer "+want, func() error {
		err := harness.Push(fmt.Sprintf("http://127.0.0.1:%d", port), labels, body)
		if err == nil || !strings.Contains(err.Error(), want) {
			return fmt.Errorf("%v", err)
		}
		return nil
	})
}

func breakConfig(t *testing.T, stoker *harness.Stoker) {
	t.Helper()
	if err := os.WriteFile(stoker.Config, []byte("pyroscope.scrape.app {"), 0o644); err != nil {
		t.Fatal(err)
	}
	reply, err := http.Post(stoker.URL+"/-/reload", "", nil)
	if err != nil || reply.StatusCode != http.StatusBadRequest {
		t.Fatalf("reload of a broken config: %v %v", reply, err)
	}
	reply.Body.Close()
}

// startPrometheus also returns the names of the alerts, the one that ends the
// process last.
func startPrometheus(t *testing.T, stokers ...*harness.Stoker) (string, []string) {
	t.Helper()
	folder := t.TempDir()
	rules, names := shortRules(t)
	for file, text := range map[string]string{
		"rules.yaml":      rules,
		"prometheus.yaml": fmt.Sprintf(prometheusConfig, stokers[0].Address(), stokers[1].Address()),
	} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	address := fmt.Sprintf("127.0.0.1:%d", harness.FreePort(t))
	harness.Start(t, "prometheus", folder, nil, "prometheus", "--config.file=prometheus.yaml",
		"--storage.tsdb.path="+filepath.Join(folder, "data"), "--web.listen-address="+address)
	return "http://" + address, names
}

// shortRules are deploy/alerts.yaml at a sixtieth of the time: minutes are
// seconds. How often Stoker updates a figure stays as it is, so ranges are
// 10 s at least.
func shortRules(t *testing.T) (string, []string) {
	t.Helper()
	b, err := os.ReadFile("../deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`for: (\d+)m`).ReplaceAllString(string(b), "for: 2s")
	text = regexp.MustCompile(`\[(\d+)m\]`).ReplaceAllString(text, "[10s]")
	text = strings.ReplaceAll(text, "[1h], 14400", "[60s], 240")
	text = strings.ReplaceAll(text, "stoker_queue_oldest_seconds) > 600", "stoker_queue_oldest_seconds) > 10")
	var names []string
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(text, -1) {
		// A bug of Stoker's own cannot be made to happen from outside, and a shortage of memory takes an
		// attack: promtool alone tries those rules.
		if m[1] != "StokerUnreachable" && m[1] != "StokerInternalErrors" && !strings.Contains(m[1], "Memory") {
			names = append(names, m[1])
		}
	}
	if len(names) < 6 {
		t.Fatalf("alerts: %v", names)
	}
	return text, append(names, "StokerUnreachable")
}

// firing are the alerts of one Stoker.
func firing(t *testing.T, prometheus string, stoker *harness.Stoker) (names []string) {
	t.Helper()
	query := fmt.Sprintf(`ALERTS{alertstate="firing",instance="%s"}`, stoker.Address())
	if b, err := harness.Get(prometheus + "/api/v1/query?query=" + url.QueryEscape(query)); err == nil {
		var reply struct {
			Data struct {
				Result []struct{ Metric map[string]string }
			}
		}
		if err := json.Unmarshal(b, &reply); err != nil {
			t.Fatal(err)
		}
		for _, one := range reply.Data.Result {
			names = append(names, one.Metric["alertname"])
		}
	}
	return names
}
