package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"gopkg.in/yaml.v3"
)

// annotatedPod is a row of the table that AnnotatedPodsTest reads too.
type annotatedPod struct {
	Pod         string
	IP          string
	Phase       string
	Ready       string
	HostNetwork bool `yaml:"hostNetwork"`
	Terminating bool
	Containers  map[string][]string
	Init        map[string][]string
	Sidecars    map[string][]string
	Annotations map[string]string
	Labels      map[string]string
	Gives       []struct {
		Types, Address, Container, Scheme string
		ServiceName                       map[string]string            `yaml:"service_name"`
		Labels                            map[string]map[string]string `yaml:"labels"`
	}
	Reasons   []string
	Published map[string][]string
}

// TestKubernetesAnnotations has the 41 pods of the table on a real API server:
// each gives its targets under the labels of each naming, or its reasons.
func TestKubernetesAnnotations(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	rows := annotatedPods(t)
	applyPods(t, kube, rows)

	namings := []string{"container", "chart", "k8s-monitoring"}
	config := fmt.Sprintf(`
discovery.kubernetes.pods {
  role = pod, api_server = "%s", bearer_token_file = "%s", tls_config { ca_file = "%s" }
}
stoker.store.s {}
`, kube.URL, token, kube.CAFile)
	for i, naming := range namings {
		config += fmt.Sprintf(`
discovery.annotations.n%d { targets = [ discovery.kubernetes.pods.targets ], naming = "%s" }
pyroscope.scrape.n%d {
  targets = [ discovery.annotations.n%d.output ], forward_to = [ stoker.store.s.receiver ], scrape_interval = 60s
}
`, i, naming, i, i)
	}
	stoker := harness.StartStoker(t, config)

	for i, naming := range namings {
		scrape, annotations := fmt.Sprintf("pyroscope.scrape.n%d", i), fmt.Sprintf("discovery.annotations.n%d", i)
		targets, reasons := map[string]map[string]string{}, map[string][]string{}
		for n, row := range rows {
			maps.Copy(targets, row.targets(n+1, naming))
			if len(row.Reasons) > 0 {
				reasons[row.Pod] = row.Reasons
			}
		}
		harness.Eventually(t, 20*time.Second, naming, func() error {
			active, dropped := stoker.AllTargets(t)
			got, why := map[string]map[string]string{}, map[string][]string{}
			for _, target := range active {
				if target.Component == scrape {
					url := strings.SplitN(target.URL, "/", 4)
					labels := maps.Clone(target.Labels)
					maps.DeleteFunc(labels, func(name, _ string) bool { return strings.HasPrefix(name, "__") })
					got[labels["pod"]+" "+target.ProfileType+" "+strings.Join(url[:3], "/")] = labels
				}
			}
			for _, drop := range dropped {
				if drop.Component == annotations {
					pod := drop.Discovered["__meta_kubernetes_pod_name"]
					why[pod] = append(why[pod], drop.Detail)
				}
			}
			delete(why, "stoker") // a pod of the manifests, if there is one
			return first(differences(got, targets), differences(why, reasons))
		})
	}
}

// TestKubernetesAlloyConfigs runs two whole Alloy configs on the 41 pods, of the structure of the chart
// of Pyroscope and of k8s-monitoring: each gives the targets and labels of the table.
func TestKubernetesAlloyConfigs(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	rows := annotatedPods(t)
	applyPods(t, kube, rows)
	here := fmt.Sprintf("role = \"pod\"\n  api_server = %q\n  bearer_token_file = %q\n  tls_config {\n    ca_file = %q\n  }\n", kube.URL, token, kube.CAFile)
	for naming, file := range map[string]string{"chart": "kubernetes-annotations.alloy", "k8s-monitoring": "k8s-monitoring.alloy"} {
		text := read(t, filepath.Join("..", "collector", "src", "test", "resources", "dev", "stoker", "alloy", file))
		stoker := harness.Launch{Name: naming, File: file}.Start(t, strings.Replace(text, `role = "pod"`, here, 1))
		exact, published := map[string]map[string]string{}, map[string][]string{}
		for n, row := range rows {
			if there, differs := row.Published[naming]; differs {
				for _, target := range there { // "TYPE ADDRESS CONTAINER"; of one URL only one is scraped
					words := strings.Fields(target)
					published[row.Pod] = append(published[row.Pod], strings.ReplaceAll(words[0], "cpu", "process_cpu")+" "+words[1])
				}
				if len(there) > 0 {
					slices.Sort(published[row.Pod])
					published[row.Pod] = slices.Compact(published[row.Pod])
				}
			} else {
				maps.Copy(exact, row.targets(n+1, naming))
			}
		}
		harness.Eventually(t, 20*time.Second, naming, func() error {
			active, _ := stoker.AllTargets(t)
			got, others := map[string]map[string]string{}, map[string][]string{}
			for _, target := range active {
				url := strings.SplitN(target.URL, "/", 4)
				labels := maps.Clone(target.Labels)
				maps.DeleteFunc(labels, func(name, _ string) bool { return strings.HasPrefix(name, "__") })
				pod := labels["pod"]
				if slices.ContainsFunc(rows, func(row annotatedPod) bool { return row.Pod == pod && row.Published[naming] != nil }) {
					others[pod] = append(others[pod], target.ProfileType+" "+url[2])
					slices.Sort(others[pod])
				} else {
					got[pod+" "+target.ProfileType+" "+strings.Join(url[:3], "/")] = labels
				}
			}
			return first(differences(got, exact), differences(others, published))
		})
		if len(exact) < 25 {
			t.Fatalf("%s: only %d targets have labels to compare", naming, len(exact))
		}
	}
}

// annotatedPods reads the table.
func annotatedPods(t *testing.T) []annotatedPod {
	t.Helper()
	var rows []annotatedPod
	table := filepath.Join("..", "discovery", "src", "test", "resources", "dev", "stoker", "discovery", "annotations", "pods.yaml")
	if err := yaml.Unmarshal([]byte(read(t, table)), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 41 {
		t.Fatalf("%d pods in the table", len(rows))
	}
	return rows
}

// applyPods makes the pods of the table, in namespace apps.
func applyPods(t *testing.T, kube *harness.Kube, rows []annotatedPod) {
	t.Helper()
	kube.Apply(t, `{apiVersion: v1, kind: Namespace, metadata: {name: apps}}`)
	for i, row := range rows {
		kube.Apply(t, row.object(t, i+1))
		if row.Terminating {
			path := "/api/v1/namespaces/apps/pods/" + row.Pod
			kube.Patch(t, path, harness.Object{"metadata": harness.Object{"finalizers": []string{"example.com/hold"}}})
			kube.Delete(t, path)
		}
	}
}

// first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// differences names the first key under which two maps differ.
func differences[V any](got, want map[string]V) error {
	keys := maps.Clone(got)
	maps.Copy(keys, want)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		g, there := got[key]
		w, wanted := want[key]
		if there != wanted || !reflect.DeepEqual(g, w) {
			return fmt.Errorf("%s: %v (%t), want %v (%t)", key, g, there, w, wanted)
		}
	}
	return nil
}

func (p annotatedPod) address(number int) string {
	if p.IP != "" {
		return p.IP
	}
	return fmt.Sprintf("127.0.1.%d", number)
}

func (p annotatedPod) object(t *testing.T, number int) string {
	t.Helper()
	ready := "True"
	if p.Ready != "" {
		ready = p.Ready
	}
	phase := "Running"
	if p.Phase != "" {
		phase = p.Phase
	}
	spec := harness.Object{
		"nodeName": "n1", "terminationGracePeriodSeconds": 0, "hostNetwork": p.HostNetwork,
		"containers":     containers(t, p.Containers, "", p.HostNetwork),
		"initContainers": append(containers(t, p.Init, "", false), containers(t, p.Sidecars, "Always", false)...),
	}
	text, err := json.Marshal(harness.Object{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": harness.Object{"namespace": "apps", "name": p.Pod, "labels": p.Labels, "annotations": p.Annotations},
		"spec":     spec,
		"status": harness.Object{
			"phase": phase, "podIP": p.address(number), "podIPs": []any{harness.Object{"ip": p.address(number)}},
			"conditions": []any{harness.Object{"type": "Ready", "status": ready}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// containers in the order of their names, with ports such as "http=24210/TCP".
func containers(t *testing.T, named map[string][]string, restartPolicy string, hostPorts bool) []any {
	t.Helper()
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		container := harness.Object{"name": name, "image": "app:1"}
		if restartPolicy != "" {
			container["restartPolicy"] = restartPolicy
		}
		ports := []any{}
		for _, text := range named[name] {
			text, protocol, _ := strings.Cut(text, "/")
			portName, digits, isNamed := strings.Cut(text, "=")
			port := harness.Object{"protocol": "TCP"}
			if protocol != "" {
				port["protocol"] = protocol
			}
			if isNamed {
				port["name"] = portName
			} else {
				digits = portName
			}
			number, err := strconv.Atoi(digits)
			if err != nil {
				t.Fatal(err)
			}
			port["containerPort"] = number
			if hostPorts {
				port["hostPort"] = number
			}
			ports = append(ports, port)
		}
		container["ports"] = ports
		list = append(list, container)
	}
	return list
}

// targets by pod, type and address, with the labels of their profiles.
func (p annotatedPod) targets(number int, naming string) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, gives := range p.Gives {
		labels := map[string]string{
			"namespace": "apps", "pod": p.Pod, "container": gives.Container, "instance": gives.Address,
			"service_name": gives.ServiceName[naming],
		}
		switch naming {
		case "container":
			labels["node"] = "n1"
		case "k8s-monitoring":
			labels["service_namespace"] = "apps"
			labels["service_instance_id"] = "apps." + p.Pod + "." + gives.Container
			labels["source"] = "alloy/pyroscope.pprof"
		}
		maps.Copy(labels, gives.Labels[naming])
		scheme := gives.Scheme
		if scheme == "" {
			scheme = "http"
		}
		for _, profile := range strings.Split(gives.Types, ",") {
			all[p.Pod+" "+profile+" "+scheme+"://"+gives.Address] = labels
		}
	}
	return all
}
