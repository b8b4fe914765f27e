package e2e

import (
	"path/filepath"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

const edges = `
apiVersion: v1
kind: Namespace
metadata: { name: edge }
---
apiVersion: v1
kind: Pod
metadata: { name: six, namespace: edge }
spec:
  nodeName: n1
  containers:
    - { name: ported, image: "a:1", ports: [ { containerPort: 8080, protocol: TCP } ] }
    - { name: bare, image: "b:1" }
status: { phase: Running, podIP: "fd00::7", podIPs: [ { ip: "fd00::7" } ] }
---
apiVersion: v1
kind: Service
metadata: { name: headless, namespace: edge }
spec: { clusterIP: None, ports: [ { name: a, port: 81, protocol: TCP } ] }
---
apiVersion: v1
kind: Service
metadata: { name: node, namespace: edge }
spec: { type: NodePort, clusterIP: 10.0.0.78, ports: [ { name: a, port: 82, protocol: TCP }, { name: b, port: 83, protocol: UDP } ] }
---
apiVersion: v1
kind: Service
metadata: { name: balanced, namespace: edge }
spec: { type: LoadBalancer, clusterIP: 10.0.0.79, loadBalancerIP: 192.0.2.9, ports: [ { name: a, port: 84, protocol: TCP } ] }
`

// TestKubernetesEdges is about the rarer shapes, seen through a namespace filter.
func TestKubernetesEdges(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	kube.Apply(t, read(t, filepath.Join("..", "deploy", "rbac-all-roles.yaml")))
	kube.Apply(t, objects)
	kube.Apply(t, edges)
	stoker := harness.StartStoker(t, discover(kube, token, map[string]string{
		"pod":     `role = pod, namespaces { names = [ "edge" ] }`,
		"service": `role = service, namespaces { names = [ "edge" ] }`,
	}))
	pod := map[string]string{"namespace": "edge", "pod_name": "six", "pod_ip": "fd00::7", "pod_ready": "unknown",
		"pod_phase": "Running", "pod_node_name": "n1", "pod_uid": "*"}
	service := func(name, kind, ip, portName, number, protocol string) map[string]string {
		return merge(at(name+".edge.svc:"+number), map[string]string{"namespace": "edge", "service_name": name,
			"service_type": kind, "service_cluster_ip": ip, "service_port_name": portName,
			"service_port_number": number, "service_port_protocol": protocol})
	}
	balanced := service("balanced", "LoadBalancer", "10.0.0.79", "a", "84", "TCP")
	balanced["__meta_kubernetes_service_loadbalancer_ip"] = "192.0.2.9"
	for role, want := range map[string]map[string]map[string]string{
		"pod": {
			"[fd00::7]:8080": merge(at("[fd00::7]:8080"), pod, container("ported", "a:1", "false"),
				map[string]string{"pod_container_port_number": "8080", "pod_container_port_protocol": "TCP"}),
			"fd00::7": merge(at("fd00::7"), pod, container("bare", "b:1", "false")),
		},
		"service": {
			"headless.edge.svc:81": service("headless", "ClusterIP", "None", "a", "81", "TCP"),
			"node.edge.svc:82":     service("node", "NodePort", "10.0.0.78", "a", "82", "TCP"),
			"node.edge.svc:83":     service("node", "NodePort", "10.0.0.78", "b", "83", "UDP"),
			"balanced.edge.svc:84": balanced,
		},
	} {
		harness.Eventually(t, 10*time.Second, role, func() error { return same(found(t, stoker, role), want) })
	}
}
