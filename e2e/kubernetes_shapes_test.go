package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// shapes are objects that discoveries are known to read in different ways.
const shapes = `
apiVersion: v1
kind: Namespace
metadata: { name: shape, labels: { team: y } }
---
apiVersion: v1
kind: Node
metadata: { name: n2, labels: { pool: far } }
status:
  addresses: [ { type: Hostname, address: n2.local }, { type: ExternalIP, address: 192.0.2.2 } ]
---
apiVersion: v1
kind: Node
metadata: { name: n3 }
---
apiVersion: v1
kind: Pod
metadata: { name: both, namespace: shape, labels: { app: both }, ownerReferences: [ { apiVersion: batch/v1, kind: Job, name: j, uid: "2" } ] }
spec:
  nodeName: n2
  initContainers:
    - { name: side, image: "s:1", restartPolicy: Always, ports: [ { name: side, containerPort: 9000, protocol: TCP } ] }
  containers:
    - { name: one, image: "o:1", ports: [ { name: dns, containerPort: 53, protocol: UDP }, { name: web, containerPort: 80, protocol: TCP } ] }
    - { name: two, image: "t:1", ports: [ { name: same, containerPort: 80, protocol: TCP } ] }
    - { name: none, image: "n:1" }
status:
  phase: Running
  podIP: 10.2.0.1
  podIPs: [ { ip: 10.2.0.1 }, { ip: "fd00:2::1" } ]
  conditions: [ { type: Ready, status: "False" } ]
---
apiVersion: v1
kind: Service
metadata: { name: both, namespace: shape, labels: { app: both } }
spec: { clusterIP: None, ipFamilyPolicy: RequireDualStack, ipFamilies: [ IPv6, IPv4 ], ports: [ { name: web, port: 80, protocol: TCP } ] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: both-4, namespace: shape, labels: { "kubernetes.io/service-name": both } }
addressType: IPv4
ports: [ { name: web, port: 80, protocol: TCP } ]
endpoints: [ { addresses: [ 10.2.0.1 ], conditions: { ready: true }, targetRef: { kind: Pod, name: both, namespace: shape } } ]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: both-6, namespace: shape, labels: { "kubernetes.io/service-name": both } }
addressType: IPv6
ports: [ { name: web, port: 80, protocol: TCP } ]
endpoints: [ { addresses: [ "fd00:2::1" ], conditions: { ready: true }, targetRef: { kind: Pod, name: both, namespace: shape } } ]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: loose, namespace: shape }
addressType: IPv4
ports: [ { name: "", protocol: TCP }, { name: dns, port: 53, protocol: TCP } ]
endpoints:
  - { addresses: [ 10.2.0.21 ] }
  - { addresses: [ 10.2.0.22 ], conditions: { ready: false }, targetRef: { kind: Node, name: n2 } }
  - { addresses: [ 10.2.0.23 ], conditions: {}, targetRef: { kind: Pod, name: both } }
  - { addresses: [ 10.2.0.24 ], conditions: {}, targetRef: { kind: Pod, name: both, namespace: shape } }
---
apiVersion: v1
kind: Service
metadata: { name: ports, namespace: shape }
spec: { clusterIP: None, ports: [ { name: dns, port: 53, protocol: TCP } ] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: ports, namespace: shape }
subsets:
  - ports: [ { name: dns, port: 53, protocol: TCP } ]
    addresses: [ { ip: 10.2.0.1, targetRef: { kind: Pod, name: both, namespace: shape } } ]
  - ports: [ { name: web, port: 80, protocol: TCP } ]
    addresses: [ { ip: 10.2.0.9, targetRef: { kind: Pod, name: both } }, { ip: 10.2.0.10, targetRef: { kind: Node, name: n2 } } ]
    notReadyAddresses: [ { ip: 10.2.0.11, targetRef: { kind: Pod, name: nobody, namespace: shape } } ]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: many, namespace: shape }
spec:
  tls: [ { hosts: [ "a.example.org", "*.b.example.org" ] } ]
  rules:
    - { host: a.example.org, http: { paths: [ { path: /x, pathType: Prefix, backend: { service: { name: both, port: { number: 80 } } } }, { pathType: ImplementationSpecific, backend: { service: { name: both, port: { number: 80 } } } } ] } }
    - { host: c.b.example.org }
    - { host: d.c.b.example.org }
    - http: { paths: [ { path: /y, pathType: Exact, backend: { service: { name: both, port: { number: 80 } } } } ] }
---
apiVersion: v1
kind: Namespace
metadata: { name: collide }
---
apiVersion: v1
kind: Pod
metadata: { name: collide, namespace: collide, labels: { app.name: dot, app-name: dash, app/name: slash } }
spec: { nodeName: n1, containers: [ { name: app, image: "a:1" } ] }
status: { phase: Running, podIP: 10.2.1.1, podIPs: [ { ip: 10.2.1.1 } ] }
`

// TestKubernetesShapes holds what each role finds against what Prometheus
// documents, and against what its own discovery finds on the same API server.
func TestKubernetesShapes(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	kube.Apply(t, read(t, filepath.Join("..", "deploy", "rbac-all-roles.yaml")))
	for _, text := range []string{objects, edges, shapes} {
		kube.Apply(t, text)
	}
	components := map[string]string{"near": `role = pod, attach_metadata { node = true }, selectors = [ { role = node, label = "zone=a" } ]`}
	for name, body := range everyRole {
		components[name] = body
		if name != "node" && name != "service" && name != "ingress" {
			components[name+"_attached"] = body + ", attach_metadata { node = true }"
		}
	}
	stoker := harness.StartStoker(t, discover(kube, token, components))
	harness.Eventually(t, 10*time.Second, "shapes", func() error { return has(found(t, stoker, "endpoints"), "10.2.0.1:53") })
	harness.Eventually(t, 10*time.Second, "slices", func() error { return has(found(t, stoker, "endpointslice"), "[fd00:2::1]:80") })

	t.Run("documented", func(t *testing.T) {
		slices := found(t, stoker, "endpointslice")
		if name := "__meta_kubernetes_endpointslice_name"; slices["10.2.0.1:80"][name] == "both-4" {
			t.Errorf("the slice of a service's second family gives targets: %v", slices["10.2.0.1:80"])
		}
		checkLabel(t, slices, "[fd00:2::1]:80", "pod_name", "both")
		checkLabel(t, slices, "[fd00:2::1]:80", "pod_container_name", "two") // the last one that declares the port
		checkLabel(t, slices, "[fd00:2::1]:80", "service_label_app", "both")
		checkLabel(t, slices, "10.2.0.24:53", "pod_container_port_protocol", "UDP") // the container's
		checkLabel(t, slices, "10.2.0.23:53", "endpointslice_address_target_name", "both")
		checkLabel(t, slices, "10.2.0.23:53", "pod_name", "") // a reference without a namespace names nothing
		endpoints := found(t, stoker, "endpoints")
		checkLabel(t, endpoints, "10.2.0.1:53", "pod_container_port_protocol", "TCP") // the endpoint's
		checkLabel(t, endpoints, "10.2.0.9:80", "endpoint_address_target_name", "both")
		checkLabel(t, endpoints, "10.2.0.9:80", "pod_name", "")
		near := found(t, stoker, "near")
		if near["10.1.0.7:8080"] == nil || near["10.2.0.1:80"] != nil {
			t.Errorf("with a selector of nodes: %v, want the pods of n1", near)
		}
		checkLabel(t, found(t, stoker, "endpointslice_attached"), "10.2.0.22:53", "node_label_pool", "far")
	})
	t.Run("colliding names", func(t *testing.T) {
		// Three labels have the same name here; any may win, but always the same one.
		const name = "__meta_kubernetes_pod_label_app_name"
		before := found(t, stoker, "pod")["10.2.1.1"][name]
		if !slices.Contains([]string{"dot", "dash", "slash"}, before) {
			t.Errorf("%s is %q", name, before)
		}
		for i := range 5 {
			value := fmt.Sprint(i)
			kube.Patch(t, "/api/v1/namespaces/collide/pods/collide",
				harness.Object{"metadata": harness.Object{"labels": harness.Object{"other": value}}})
			harness.Eventually(t, seen, "a change", func() error {
				if got := found(t, stoker, "pod")["10.2.1.1"]["__meta_kubernetes_pod_label_other"]; got != value {
					return fmt.Errorf("other is %q", got)
				}
				return nil
			})
			if now := found(t, stoker, "pod")["10.2.1.1"][name]; now != before {
				t.Fatalf("%s was %q and is %q", name, before, now)
			}
		}
	})
	t.Run("Prometheus", func(t *testing.T) {
		witness := startWitness(t, kube, token, components)
		for name := range components {
			harness.Eventually(t, 15*time.Second, name, func() error {
				want, err := witness(name)
				if err == nil {
					err = sameSets(everything(t, stoker, name), want)
				}
				return err
			})
		}
	})
}

func checkLabel(t *testing.T, targets map[string]map[string]string, address, name, want string) {
	t.Helper()
	if err := has(targets, address); err != nil {
		t.Error(err)
	} else if got := targets[address]["__meta_kubernetes_"+name]; got != want {
		t.Errorf("%s of %s is %q, want %q", name, address, got, want)
	}
}

// canonical is a target in one line, without what is Stoker's own.
func canonical(labels map[string]string) string {
	var pairs []string
	for name, value := range labels {
		if value != "" && (name == "__address__" || strings.HasPrefix(name, "__meta_")) {
			pairs = append(pairs, strings.TrimPrefix(name, "__meta_kubernetes_")+"="+value)
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, " ")
}

// compared leaves out what the API server makes for itself, and where chance decides in Prometheus.
func compared(labels map[string]string) bool {
	return own(labels) && labels["__meta_kubernetes_namespace"] != "collide"
}

// everything is each target of a scrape component, as discovered.
func everything(t *testing.T, stoker *harness.Stoker, component string) (all []string) {
	active, dropped := stoker.AllTargets(t)
	for _, one := range active {
		if one.Component == "pyroscope.scrape."+component && compared(one.Discovered) {
			all = append(all, canonical(one.Discovered))
		}
	}
	for _, one := range dropped {
		if one.Component == "pyroscope.scrape."+component && compared(one.Discovered) {
			all = append(all, canonical(one.Discovered))
		}
	}
	return all
}

// startWitness runs Prometheus' discovery for the same components, and asks it what it has found.
func startWitness(t *testing.T, kube *harness.Kube, token string, components map[string]string) func(string) ([]string, error) {
	t.Helper()
	configs := map[string]harness.Object{}
	for name, body := range components {
		role, _, _ := strings.Cut(strings.TrimPrefix(body, "role = "), ",")
		config := harness.Object{"role": role, "api_server": kube.URL,
			"authorization": harness.Object{"credentials_file": token}, "tls_config": harness.Object{"ca_file": kube.CAFile}}
		if strings.Contains(body, "attach_metadata") {
			config["attach_metadata"] = harness.Object{"node": true}
		}
		if name == "near" {
			config["selectors"] = []harness.Object{{"role": "node", "label": "zone=a"}}
		}
		configs[name] = config
	}
	url := harness.StartWitness(t, configs)
	return func(name string) (all []string, err error) {
		text, err := harness.Get(url)
		if err != nil {
			return nil, err
		}
		var answer map[string][]map[string]string
		if err := json.Unmarshal(text, &answer); err != nil {
			return nil, err
		}
		for _, labels := range answer[name] {
			if compared(labels) {
				all = append(all, canonical(labels))
			}
		}
		return all, nil
	}
}

func sameSets(got, want []string) error {
	slices.Sort(got)
	slices.Sort(want)
	if slices.Equal(got, want) {
		return nil
	}
	return fmt.Errorf("only Stoker:\n  %s\nonly Prometheus:\n  %s", strings.Join(without(got, want), "\n  "), strings.Join(without(want, got), "\n  "))
}

func without(all, others []string) (left []string) {
	counts := map[string]int{}
	for _, one := range others {
		counts[one]++
	}
	for _, one := range all {
		if counts[one]--; counts[one] < 0 {
			left = append(left, one)
		}
	}
	return left
}
