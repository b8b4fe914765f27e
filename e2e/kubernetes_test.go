package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// seen is how soon a change in the API server must be in the targets.
const seen = 2 * time.Second

// TestKubernetesDeploy applies all that is under deploy/: first what the
// server would say, then for real; nothing is rejected or warned about.
func TestKubernetesDeploy(t *testing.T) {
	t.Parallel()
	kube := harness.StartKube(t)
	for _, text := range manifests(t) {
		for _, object := range harness.Parse(t, text) {
			if object["kind"] == "Namespace" {
				kube.Apply(t, text[strings.Index(text, "apiVersion"):strings.Index(text, "---")])
			}
		}
		kube.ApplyDryRun(t, text)
		kube.Apply(t, text)
	}
}

// manifests are the files of deploy/, and what its kustomizations render.
func manifests(t *testing.T) []string {
	t.Helper()
	deploy := filepath.Join("..", "deploy")
	var texts []string
	for _, name := range []string{"daemonset.yaml", "rbac-all-roles.yaml", "networkpolicy.yaml", "deployment.yaml", "jvm/deployment.yaml",
		"receive/service.yaml", "receive/networkpolicy.yaml"} {
		texts = append(texts, read(t, filepath.Join(deploy, name)))
	}
	whole := t.TempDir()
	if out, err := exec.Command("cp", "-r", deploy+"/.", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	texts = append(texts, kustomize(t, whole))
	file := filepath.Join(whole, "kustomization.yaml")
	all := strings.NewReplacer("# components:", "components:", "#   - hostpath", "  - hostpath", "#   - receive", "  - receive",
		"# - rbac-all-roles.yaml", "- rbac-all-roles.yaml", "# - networkpolicy.yaml", "- networkpolicy.yaml").Replace(read(t, file))
	if err := os.WriteFile(file, []byte(all), 0o644); err != nil {
		t.Fatal(err)
	}
	return append(texts, kustomize(t, whole))
}

func kustomize(t *testing.T, folder string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(harness.CacheDir(t), "kustomize"), "build", folder).Output()
	if err != nil {
		t.Fatalf("kustomize %s: %v (e2e/run builds it)", folder, err)
	}
	return string(out)
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// cluster is an API server with the DaemonSet's account in it.
func cluster(t *testing.T) (*harness.Kube, string) {
	t.Helper()
	kube := harness.StartKube(t)
	kube.Apply(t, read(t, filepath.Join("..", "deploy", "daemonset.yaml")))
	return kube, kube.Token(t, "stoker", "stoker")
}

// discover is a config with one component for each role, and a scrape for each
// that shows what it found.
func discover(kube *harness.Kube, token string, components map[string]string) string {
	var text strings.Builder
	for name, body := range components {
		fmt.Fprintf(&text, `
discovery.kubernetes.%s {
  api_server = "%s", bearer_token_file = "%s", tls_config { ca_file = "%s" }
  %s
}
pyroscope.scrape.%s {
  targets = [ discovery.kubernetes.%s.targets ], forward_to = [ stoker.store.s.receiver ]
  scrape_interval = 60s
  profiling_config {
    profile.goroutine { enabled = true }
    profile.process_cpu { enabled = false }
    profile.memory { enabled = false }
    profile.mutex { enabled = false }
    profile.block { enabled = false }
  }
}
`, name, kube.URL, token, kube.CAFile, body, name, name)
	}
	return text.String() + "stoker.store.s {}\n"
}

var everyRole = map[string]string{
	"pod": "role = pod", "node": "role = node", "service": "role = service", "endpoints": "role = endpoints",
	"endpointslice": "role = endpointslice", "ingress": "role = ingress",
}

// TestKubernetesRoles compares what each role finds with what Prometheus
// documents, label by label, and then changes the objects.
func TestKubernetesRoles(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	kube.Apply(t, read(t, filepath.Join("..", "deploy", "rbac-all-roles.yaml")))
	kube.Apply(t, objects)
	components := maps.Clone(everyRole)
	components["attached"] = "role = pod, attach_metadata { node = true, namespace = true }"
	components["here"] = "role = pod, own_node = true"
	components["there"] = `role = pod, node = "n9"`
	components["other_namespace"] = `role = pod, namespaces { names = [ "empty" ] }`
	components["selected"] = `role = pod, selectors = [ { role = pod, label = "app=cart", field = "status.phase=Running" } ]`
	stoker := harness.StartStoker(t, discover(kube, token, components), "NODE_NAME=n1")

	for role, want := range wantTargets {
		harness.Eventually(t, 10*time.Second, role, func() error { return same(found(t, stoker, role), want) })
	}
	pods := slices.Sorted(maps.Keys(wantTargets["pod"]))
	for _, name := range []string{"here", "selected"} {
		if got := slices.Sorted(maps.Keys(found(t, stoker, name))); !slices.Equal(got, pods) {
			t.Errorf("%s finds %v, want %v", name, got, pods)
		}
	}
	for _, name := range []string{"there", "other_namespace"} {
		if got := found(t, stoker, name); len(got) != 0 {
			t.Errorf("%s finds %v, want nothing", name, got)
		}
	}
	attached := found(t, stoker, "attached")["10.1.0.7:8080"]
	if attached["__meta_kubernetes_node_label_zone"] != "a" || attached["__meta_kubernetes_namespace_label_team"] != "x" {
		t.Errorf("attached: %v", attached)
	}

	const pod = "/api/v1/namespaces/shop/pods/cart"
	label := func(component, name string) func() error {
		return func() error {
			if got := found(t, stoker, component)["10.1.0.7:8080"][name]; got != "new" {
				return fmt.Errorf("%s of %s is %q", name, component, got)
			}
			return nil
		}
	}
	kube.Patch(t, pod, harness.Object{"metadata": harness.Object{"labels": harness.Object{"v": "new"}}})
	harness.Eventually(t, seen, "label change", label("pod", "__meta_kubernetes_pod_label_v"))
	harness.Eventually(t, seen, "label change", label("endpoints", "__meta_kubernetes_pod_label_v"))
	kube.Patch(t, "/api/v1/nodes/n1", harness.Object{"metadata": harness.Object{"labels": harness.Object{"zone": "new"}}})
	harness.Eventually(t, seen, "node change", label("attached", "__meta_kubernetes_node_label_zone"))
	kube.Patch(t, "/api/v1/namespaces/shop/services/cart", harness.Object{"metadata": harness.Object{"labels": harness.Object{"v": "new"}}})
	harness.Eventually(t, seen, "service change", label("endpoints", "__meta_kubernetes_service_label_v"))
	kube.Patch(t, pod+"/status", harness.Object{"status": harness.Object{"phase": "Failed"}})
	harness.Eventually(t, seen, "phase change, filtered by the server", func() error {
		if got := found(t, stoker, "selected"); len(got) != 0 {
			return fmt.Errorf("still %v", got)
		}
		return nil
	})
	kube.Delete(t, pod)
	harness.Eventually(t, seen, "delete", func() error {
		if got := found(t, stoker, "pod"); len(got) != 0 {
			return fmt.Errorf("still %v", got)
		}
		return nil
	})
}

// TestKubernetesForbidden starts with the DaemonSet's account: pods are seen,
// every other role names the verb and the resource it may not use.
func TestKubernetesForbidden(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	kube.Apply(t, objects)
	stoker := harness.StartStoker(t, discover(kube, token, everyRole))
	harness.Eventually(t, 10*time.Second, "pods", func() error { return same(found(t, stoker, "pod"), wantTargets["pod"]) })
	resources := map[string]string{"node": "nodes", "service": "services", "endpoints": "endpoints",
		"endpointslice": "endpointslices", "ingress": "ingresses"}
	harness.Eventually(t, 10*time.Second, "403s", func() error {
		components := stoker.Components(t)
		for role, resource := range resources {
			c := components["discovery.kubernetes."+role]
			forbidden := strings.Contains(c.Message, "403") &&
				strings.Contains(c.Message, fmt.Sprintf("cannot list resource %q", resource))
			// endpoints and slices need services too, and name what came first.
			services := resource[0] == 'e' && strings.Contains(c.Message, `cannot list resource "services"`)
			if c.Health != "unhealthy" || !forbidden && !services {
				return fmt.Errorf("%s: %+v", role, c)
			}
		}
		return nil
	})
	kube.Apply(t, read(t, filepath.Join("..", "deploy", "rbac-all-roles.yaml")))
	harness.Eventually(t, 30*time.Second, "roles allowed", func() error {
		return same(found(t, stoker, "node"), wantTargets["node"])
	})
}

// TestKubernetesPods is the DaemonSet's own config: annotated pods of its node
// arrive at Pyroscope under their names; all others say why not.
func TestKubernetesPods(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	app := harness.StartApp(t)
	backend := harness.StartPyroscope(t, harness.V1)
	start := time.Now().Add(-time.Minute)
	_, port, _ := strings.Cut(app.Address, ":")
	all := ""
	for _, profile := range []string{"cpu", "memory", "goroutine", "mutex", "block"} {
		all += fmt.Sprintf("profiles.grafana.com/%s.scrape: \"true\", ", profile)
	}
	kube.Apply(t, fmt.Sprintf(podTemplate, "declared", all, "n1", port, "Running"))
	kube.Apply(t, fmt.Sprintf(podTemplate, "undeclared",
		`profiles.grafana.com/memory.scrape: "true", profiles.grafana.com/memory.port: "`+port+`", `+
			// Another URL: the pods of this test share an address.
			`profiles.grafana.com/memory.path: "/debug/pprof/allocs?x=1", profiles.grafana.com/service_name: named`, "n1", "9999", "Running"))
	kube.Apply(t, fmt.Sprintf(podTemplate, "plain", "", "n1", port, "Running"))
	kube.Apply(t, fmt.Sprintf(podTemplate, "ended", all, "n1", port, "Succeeded"))
	kube.Apply(t, fmt.Sprintf(podTemplate, "elsewhere", all, "n2", port, "Running"))

	stoker := harness.StartStoker(t, daemonsetConfig(t, kube, token, backend), "NODE_NAME=n1")
	harness.Eventually(t, 40*time.Second, "profiles of both pods", func() error {
		for name, want := range map[string]struct{ pod, service, types string }{
			"declared":   {"declared", "demo/app", "block goroutine memory mutex process_cpu"},
			"undeclared": {"undeclared", "named", "memory"},
		} {
			query := fmt.Sprintf(`{service_name=%q,namespace="demo",pod=%q,container="app",node="n1"}`, want.service, want.pod)
			got, err := profileTypes(backend, query, start)
			if err != nil || got != want.types {
				return fmt.Errorf("%s: types %q, want %q (%v)", name, got, want.types, err)
			}
		}
		return nil
	})
	_, dropped := stoker.AllTargets(t)
	why := map[string]string{}
	for _, d := range dropped {
		why[d.Discovered["__meta_kubernetes_pod_name"]] += d.Reason + ": " + d.Detail
	}
	for pod, want := range map[string]string{
		"plain": "no annotation that asks for profiles", "ended": "phase is Succeeded",
	} {
		if !strings.Contains(why[pod], want) {
			t.Errorf("%s: dropped because %q, want %q", pod, why[pod], want)
		}
	}
	if why["undeclared"] != "" {
		t.Errorf("undeclared: dropped because %q", why["undeclared"])
	}
	if why["elsewhere"] != "" {
		t.Errorf("the pod of another node was sent by the server: %s", why["elsewhere"])
	}
}

// TestKubernetesJvm is the pod of deploy/jvm: its annotations and its options
// bring a JVM to Pyroscope.
func TestKubernetesJvm(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	backend := harness.StartPyroscope(t, harness.V2)
	start := time.Now().Add(-time.Minute)
	deployment := harness.Parse(t, read(t, filepath.Join("..", "deploy", "jvm", "deployment.yaml")))[0]
	template := deployment["spec"].(harness.Object)["template"].(harness.Object)
	spec := template["spec"].(harness.Object)
	container := spec["containers"].([]any)[0].(harness.Object)
	options := container["env"].([]any)[0].(harness.Object)["value"].(string)
	mount := container["volumeMounts"].([]any)[0].(harness.Object)["mountPath"].(string)
	copied := spec["initContainers"].([]any)[0].(harness.Object)["command"].([]any)
	if !strings.HasPrefix(options, "-javaagent:"+mount+"/"+filepath.Base(copied[1].(string))+"=") || copied[2] != mount+"/" {
		t.Errorf("%s is not what %v copies", options, copied)
	}

	port := fmt.Sprint(harness.FreePort(t))
	changed := strings.NewReplacer(mount+"/stoker-agent.jar", harness.AgentJar(t), "6060", port).Replace(options)
	harness.StartJVM(t, jvmHome(t, "17"), changed).Resume(t)
	annotations := ""
	for name, value := range template["metadata"].(harness.Object)["annotations"].(harness.Object) {
		annotations += fmt.Sprintf("%s: %q, ", name, value)
	}
	kube.Apply(t, strings.Replace(fmt.Sprintf(podTemplate, "shop", annotations, "n1", port, "Running"), "name: http", "name: profiles", 1))
	harness.StartStoker(t, daemonsetConfig(t, kube, token, backend), "NODE_NAME=n1")
	harness.Eventually(t, 60*time.Second, "profiles of the pod", func() error {
		types, err := profileTypes(backend, `{service_name="shop",pod="shop"}`, start)
		if err != nil || types != "block goroutine memory mutex process_cpu" {
			return fmt.Errorf("%q (%v)", types, err)
		}
		return nil
	})
}

// profileTypes are the names of the series of a selector, sorted.
func profileTypes(backend *harness.Pyroscope, selector string, start time.Time) (string, error) {
	series, err := backend.Series(selector, harness.Since(start))
	if err != nil {
		return "", err
	}
	var types []string
	for _, labels := range series {
		types = append(types, labels["__name__"])
	}
	slices.Sort(types)
	return strings.Join(slices.Compact(types), " "), nil
}

// daemonsetConfig is the ConfigMap's text, pointed at the test's parts.
func daemonsetConfig(t *testing.T, kube *harness.Kube, token string, backend *harness.Pyroscope) string {
	t.Helper()
	for _, object := range harness.Parse(t, read(t, filepath.Join("..", "deploy", "daemonset.yaml"))) {
		if object["kind"] == "ConfigMap" {
			text := object["data"].(harness.Object)["stoker.conf"].(string)
			changed := strings.NewReplacer("http://pyroscope.pyroscope.svc:4040", backend.URL,
				`stoker.storage.path = "/var/lib/stoker"`, "",
				"own_node = true", fmt.Sprintf(`own_node = true
				api_server = "%s", bearer_token_file = "%s", tls_config { ca_file = "%s" }`, kube.URL, token, kube.CAFile),
				"pyroscope.scrape.pods {", "pyroscope.scrape.pods {\n scrape_interval = 3s",
			).Replace(text)
			if changed == text {
				t.Fatal("the ConfigMap has changed: nothing to replace")
			}
			return changed
		}
	}
	t.Fatal("no ConfigMap")
	return ""
}

// TestKubernetesOutage takes the API server away: targets stay, loops go on,
// and what changed meanwhile is picked up, also when the history is gone.
func TestKubernetesOutage(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	app := harness.StartApp(t)
	backend := harness.StartPyroscope(t, harness.V1)
	_, port, _ := strings.Cut(app.Address, ":")
	annotated := `profiles.grafana.com/memory.scrape: "true"`
	kube.Apply(t, fmt.Sprintf(podTemplate, "stays", annotated, "n1", port, "Running"))
	kube.Apply(t, fmt.Sprintf(podTemplate, "goes", annotated+`, profiles.grafana.com/memory.path: "/debug/pprof/heap"`, "n1", port, "Running"))
	stoker := harness.StartStoker(t, daemonsetConfig(t, kube, token, backend), "NODE_NAME=n1")
	pods := func() map[string]harness.Discovered {
		byPod := map[string]harness.Discovered{}
		active, _ := stoker.AllTargets(t)
		for _, target := range active {
			byPod[target.Labels["pod"]] = target
		}
		return byPod
	}
	harness.Eventually(t, 10*time.Second, "two pods", func() error {
		if got := pods(); len(got) != 2 {
			return fmt.Errorf("%v", got)
		}
		return nil
	})
	before := pods()["stays"].Scrapes
	kube.Kill()
	time.Sleep(outage(t)) // the outage itself
	during := pods()
	if len(during) != 2 || during["stays"].Scrapes <= before {
		t.Errorf("in the outage: %v", during)
	}
	// Changed and compacted before it is back: the history between what Stoker
	// has seen and now is gone, and events cannot tell it.
	twin := kube.Twin(t)
	twin.Delete(t, "/api/v1/namespaces/demo/pods/goes")
	twin.Apply(t, fmt.Sprintf(podTemplate, "comes", annotated+`, profiles.grafana.com/memory.path: "/debug/pprof/allocs?x=1"`, "n1", port, "Running"))
	twin.Compact(t)
	twin.Kill()
	kube.Start(t)
	harness.Eventually(t, 20*time.Second, "changes of the outage", func() error {
		got := pods()
		if _, gone := got["goes"]; gone || len(got) != 2 || got["comes"].URL == "" {
			return fmt.Errorf("%v", slices.Sorted(maps.Keys(got)))
		}
		return nil
	})
	after := pods()["stays"]
	if after.Scrapes < during["stays"].Scrapes || after.Failures != 0 {
		t.Errorf("the loop of an unchanged pod was restarted: %+v", after)
	}
	// A list alone does not end what was wrong with watches: one has to live for 5 s, or to bring something.
	harness.Eventually(t, 15*time.Second, "one line for down and one for up", func() error {
		log := stoker.Log()
		down, up := strings.Count(log, "discovery failed"), strings.Count(log, "discovery works again")
		if down != 1 || up != 1 {
			return fmt.Errorf("%d lines for down and %d for up:\n%s", down, up, log)
		}
		return nil
	})
}

// found are the discovered labels of one scrape component, by address and, for
// several at one address, by container or path.
func found(t *testing.T, stoker *harness.Stoker, component string) map[string]map[string]string {
	t.Helper()
	byAddress := map[string]map[string]string{}
	active, dropped := stoker.AllTargets(t)
	for _, target := range active {
		if target.Component == "pyroscope.scrape."+component && own(target.Discovered) {
			byAddress[key(target.Discovered)] = target.Discovered
		}
	}
	for _, target := range dropped {
		if target.Component == "pyroscope.scrape."+component && own(target.Discovered) {
			byAddress[key(target.Discovered)] = target.Discovered
		}
	}
	return byAddress
}

// own leaves out what the API server makes for itself, and the Service of our manifests.
func own(labels map[string]string) bool {
	namespace := labels["__meta_kubernetes_namespace"]
	return namespace != "default" && namespace != "stoker"
}

func key(labels map[string]string) string {
	return labels["__address__"] + labels["__meta_kubernetes_ingress_path"]
}

func same(got, want map[string]map[string]string) error {
	for address, labels := range want {
		for name := range labels {
			if labels[name] == "*" && got[address][name] != "" {
				labels = maps.Clone(labels)
				labels[name] = got[address][name]
			}
		}
		if !reflect.DeepEqual(got[address], labels) {
			return fmt.Errorf("%s:\n got  %v\n want %v\n all %v", address, got[address], labels, slices.Sorted(maps.Keys(got)))
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("got %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	return nil
}
