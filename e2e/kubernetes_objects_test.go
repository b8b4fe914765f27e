package e2e

// podTemplate takes name, annotations, node, port and phase.
const podTemplate = `
apiVersion: v1
kind: Namespace
metadata: { name: demo }
---
apiVersion: v1
kind: Pod
metadata: { name: %s, namespace: demo, annotations: { %s } }
spec:
  nodeName: %s
  containers: [ { name: app, image: "app:1", ports: [ { name: http, containerPort: %s, protocol: TCP } ] } ]
status: { phase: %s, podIP: 127.0.0.1, podIPs: [ { ip: 127.0.0.1 } ] }
`

// objects have at least one of everything that becomes a label.
const objects = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: x } }
---
apiVersion: v1
kind: Namespace
metadata: { name: empty }
---
apiVersion: v1
kind: Node
metadata: { name: n1, labels: { zone: a }, annotations: { "a.b/c": d } }
spec: { providerID: "test://n1" }
status:
  addresses:
    - { type: Hostname, address: n1.local }
    - { type: InternalIP, address: 10.9.0.1 }
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } }
---
apiVersion: v1
kind: Pod
metadata:
  name: cart
  namespace: shop
  labels: { app: cart }
  annotations: { "profiles.grafana.com/cpu.scrape": "false" }
  ownerReferences: [ { apiVersion: apps/v1, kind: ReplicaSet, name: cart-5, uid: "1", controller: true } ]
spec:
  nodeName: n1
  initContainers:
    - { name: setup, image: "setup:1" }
  containers:
    - name: app
      image: "cart:1"
      ports:
        - { name: http, containerPort: 8080, protocol: TCP }
        - { name: dns, containerPort: 53, protocol: UDP }
status:
  phase: Running
  hostIP: 10.9.0.1
  podIP: 10.1.0.7
  podIPs: [ { ip: 10.1.0.7 } ]
  conditions: [ { type: Ready, status: "True" } ]
  containerStatuses: [ { name: app, image: "cart:1", imageID: "", ready: true, restartCount: 0, containerID: "containerd://c1" } ]
---
apiVersion: v1
kind: Pod
metadata: { name: waiting, namespace: shop, labels: { app: cart } }
spec: { nodeName: n1, containers: [ { name: app, image: "cart:1" } ] }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop, labels: { app: cart } }
spec:
  clusterIP: 10.0.0.77
  ports: [ { name: http, port: 80, targetPort: 8080, protocol: TCP } ]
---
apiVersion: v1
kind: Service
metadata: { name: outside, namespace: shop }
spec: { type: ExternalName, externalName: example.org, ports: [ { name: web, port: 443, protocol: TCP } ] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: cart, namespace: shop, labels: { app: cart } }
subsets:
  - ports: [ { name: http, port: 8080, protocol: TCP } ]
    addresses:
      - { ip: 10.1.0.7, nodeName: n1, targetRef: { kind: Pod, name: cart, namespace: shop } }
    notReadyAddresses:
      - { ip: 10.1.0.8, hostname: cart-b }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: cart-1, namespace: shop, labels: { "kubernetes.io/service-name": cart } }
addressType: IPv4
ports: [ { name: http, port: 8080, protocol: TCP, appProtocol: http } ]
endpoints:
  - addresses: [ 10.1.0.7 ]
    conditions: { ready: true, serving: true, terminating: false }
    nodeName: n1
    zone: z1
    targetRef: { kind: Pod, name: cart, namespace: shop }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  ingressClassName: nginx
  tls: [ { hosts: [ "*.example.org" ] } ]
  rules:
    - host: shop.example.org
      http: { paths: [ { path: /cart, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } } ] }
    - host: plain.test
`

func merge(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, part := range parts {
		for name, value := range part {
			name := "__meta_kubernetes_" + name
			if part["raw"] != "" {
				name = name[len("__meta_kubernetes_"):]
			}
			all[name] = value
		}
	}
	delete(all, "raw")
	return all
}

func at(address string) map[string]string {
	return map[string]string{"raw": "yes", "__address__": address}
}

var cartPod = map[string]string{
	"pod_name": "cart", "pod_ip": "10.1.0.7", "pod_ready": "true", "pod_phase": "Running", "pod_node_name": "n1",
	"pod_host_ip": "10.9.0.1", "pod_uid": "*", "pod_controller_kind": "ReplicaSet", "pod_controller_name": "cart-5",
	"pod_label_app": "cart", "pod_labelpresent_app": "true",
	"pod_annotation_profiles_grafana_com_cpu_scrape": "false", "pod_annotationpresent_profiles_grafana_com_cpu_scrape": "true",
}

var inShop = map[string]string{"namespace": "shop"}

func port(name, number, protocol string) map[string]string {
	return map[string]string{"pod_container_port_name": name, "pod_container_port_number": number, "pod_container_port_protocol": protocol}
}

func container(name, image, init string) map[string]string {
	return map[string]string{"pod_container_name": name, "pod_container_image": image, "pod_container_init": init}
}

var (
	appID       = map[string]string{"pod_container_id": "containerd://c1"}
	cartService = map[string]string{"service_name": "cart", "service_label_app": "cart", "service_labelpresent_app": "true"}
	cartSlice   = map[string]string{
		"endpointslice_name": "cart-1", "endpointslice_address_type": "IPv4",
		"endpointslice_label_kubernetes_io_service_name": "cart", "endpointslice_labelpresent_kubernetes_io_service_name": "true",
	}
	cartEndpoints = map[string]string{"endpoints_name": "cart", "endpoints_label_app": "cart", "endpoints_labelpresent_app": "true"}
)

func ingress(host, scheme, path string) map[string]string {
	return map[string]string{
		"ingress_name": "web", "ingress_class_name": "nginx", "ingress_label_app": "web", "ingress_labelpresent_app": "true",
		"ingress_host": host, "ingress_scheme": scheme, "ingress_path": path,
	}
}

// wantTargets is what Prometheus documents for objects; "*" is any value.
var wantTargets = map[string]map[string]map[string]string{
	"pod": {
		"10.1.0.7:8080": merge(at("10.1.0.7:8080"), inShop, cartPod, container("app", "cart:1", "false"), appID, port("http", "8080", "TCP")),
		"10.1.0.7:53":   merge(at("10.1.0.7:53"), inShop, cartPod, container("app", "cart:1", "false"), appID, port("dns", "53", "UDP")),
		"10.1.0.7":      merge(at("10.1.0.7"), inShop, cartPod, container("setup", "setup:1", "true")),
	},
	"node": {
		"10.9.0.1:10250": merge(at("10.9.0.1:10250"), map[string]string{"raw": "yes", "instance": "n1"}, map[string]string{
			"node_name": "n1", "node_label_zone": "a", "node_labelpresent_zone": "true",
			"node_annotation_a_b_c": "d", "node_annotationpresent_a_b_c": "true", "node_provider_id": "test://n1",
			"node_address_InternalIP": "10.9.0.1", "node_address_Hostname": "n1.local",
		}),
	},
	"service": {
		"cart.shop.svc:80": merge(at("cart.shop.svc:80"), inShop, cartService, map[string]string{
			"service_port_name": "http", "service_port_number": "80", "service_port_protocol": "TCP",
			"service_type": "ClusterIP", "service_cluster_ip": "10.0.0.77",
		}),
		"outside.shop.svc:443": merge(at("outside.shop.svc:443"), inShop, map[string]string{
			"service_name": "outside", "service_port_name": "web", "service_port_number": "443", "service_port_protocol": "TCP",
			"service_type": "ExternalName", "service_external_name": "example.org",
		}),
	},
	"endpoints": {
		"10.1.0.7:8080": merge(at("10.1.0.7:8080"), inShop, cartService, cartEndpoints, cartPod,
			container("app", "cart:1", "false"), port("http", "8080", "TCP"), map[string]string{
				"endpoint_port_name": "http", "endpoint_port_protocol": "TCP", "endpoint_ready": "true", "endpoint_node_name": "n1",
				"endpoint_address_target_kind": "Pod", "endpoint_address_target_name": "cart",
			}),
		"10.1.0.8:8080": merge(at("10.1.0.8:8080"), inShop, cartService, cartEndpoints, map[string]string{
			"endpoint_port_name": "http", "endpoint_port_protocol": "TCP", "endpoint_ready": "false", "endpoint_hostname": "cart-b",
		}),
		"10.1.0.7:53": merge(at("10.1.0.7:53"), inShop, cartService, cartEndpoints, cartPod,
			container("app", "cart:1", "false"), port("dns", "53", "UDP")),
	},
	"endpointslice": {
		"10.1.0.7:8080": merge(at("10.1.0.7:8080"), inShop, cartService, cartSlice, cartPod,
			container("app", "cart:1", "false"), port("http", "8080", "TCP"), map[string]string{
				"endpointslice_port": "8080", "endpointslice_port_name": "http", "endpointslice_port_protocol": "TCP",
				"endpointslice_port_app_protocol": "http", "endpointslice_endpoint_conditions_ready": "true",
				"endpointslice_endpoint_conditions_serving": "true", "endpointslice_endpoint_conditions_terminating": "false",
				"endpointslice_endpoint_node_name": "n1", "endpointslice_endpoint_zone": "z1",
				"endpointslice_address_target_kind": "Pod", "endpointslice_address_target_name": "cart",
			}),
		"10.1.0.7:53": merge(at("10.1.0.7:53"), inShop, cartService, cartSlice, cartPod,
			container("app", "cart:1", "false"), port("dns", "53", "UDP")),
	},
	"ingress": {
		"shop.example.org/cart": merge(at("shop.example.org"), inShop, ingress("shop.example.org", "https", "/cart")),
		"plain.test/":           merge(at("plain.test"), inShop, ingress("plain.test", "http", "/")),
	},
}
