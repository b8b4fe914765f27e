package e2e

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/profiles/v1development"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/proto"
)

// Containers as a runtime names them.
var (
	cartContainer  = strings.Repeat("c1", 32)
	otherContainer = strings.Repeat("c2", 32)
	batchContainer = strings.Repeat("b1", 32)
)

// enrichObjects are two pods of a service, one of none, and an agent in the network of its node. A slice may not
// have addresses of loopback; what joins it to a pod is its reference.
var enrichObjects = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Namespace
metadata: { name: jobs }
---
` + enrichPod("shop", "cart-1", "127.0.0.11", cartContainer) + enrichPod("shop", "cart-2", "127.0.0.12", otherContainer) +
	enrichPod("jobs", "batch", "127.0.0.13", batchContainer) + enrichPod("jobs", "agent", "127.0.0.9", strings.Repeat("a1", 32)) + `
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [ { name: http, port: 80, targetPort: 8080, protocol: TCP } ] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: cart-x, namespace: shop, labels: { "kubernetes.io/service-name": cart } }
addressType: IPv4
ports: [ { name: http, port: 8080, protocol: TCP } ]
endpoints:
  - { addresses: [ 10.1.0.11 ], conditions: { ready: true }, targetRef: { kind: Pod, name: cart-1, namespace: shop } }
  - { addresses: [ 10.1.0.12 ], conditions: { ready: true }, targetRef: { kind: Pod, name: cart-2, namespace: shop } }
`

func enrichPod(namespace, name, ip, container string) string {
	app, _, _ := strings.Cut(name, "-")
	return fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: { name: %[2]s, namespace: %[1]s, labels: { app: %[5]s } }
spec:
  nodeName: n1
  hostNetwork: %[6]t
  initContainers: [ { name: setup, image: "setup:1" } ]
  containers: [ { name: app, image: "app:1", ports: [ { name: http, containerPort: 8080, hostPort: %[7]d, protocol: TCP }, { name: admin, containerPort: 9090, hostPort: %[8]d, protocol: TCP } ] } ]
status:
  phase: Running
  hostIP: 127.0.0.9
  podIP: %[3]s
  podIPs: [ { ip: %[3]s } ]
  containerStatuses: [ { name: app, image: "app:1", imageID: "", ready: true, restartCount: 0, containerID: "containerd://%[4]s" } ]
---
`, namespace, name, ip, container, app, ip == "127.0.0.9", hostPort(ip, 8080), hostPort(ip, 9090))
}

// hostPort is that of a container in the network of its node, else 0.
func hostPort(ip string, port int) int {
	if ip == "127.0.0.9" {
		return port
	}
	return 0
}

// TestEnrichOtlp sends the OTLP that async-profiler has written of a JVM with a known split, as several senders do:
// with config-examples/enrich-otlp.conf and pods of a real API server each gets its namespace, pod and service.
func TestEnrichOtlp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "jvm.otlp")
	jvm := harness.StartJVMWithOtlp(t, jvmHome(t, "17"), file)
	jvm.Resume(t)
	harness.Eventually(t, 80*time.Second, "enough work", func() error {
		if used := time.Duration(total(jvm.Truth(t).CPU)); used < 6*time.Second {
			return fmt.Errorf("%v of CPU time", used)
		}
		return nil
	})
	truth := jvm.Pause(t)
	jvm.Stop(t)
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	kube, token := cluster(t)
	kube.Apply(t, read(t, filepath.Join("..", "deploy", "rbac-all-roles.yaml")))
	kube.Apply(t, enrichObjects)
	backend := harness.StartPyroscope(t, harness.V2)
	start := time.Now().Add(-10 * time.Minute)
	port := harness.FreePort(t)
	stoker := harness.StartStoker(t, enrichConfig(t, kube, token, backend, port))
	harness.Eventually(t, 20*time.Second, "targets", func() error {
		components := stoker.Components(t)
		for component, want := range map[string]string{
			// The one in the network of the node is not found by its address.
			"sender": "targets by __meta_kubernetes_pod_ip: 3 values", "container": "targets by __meta_kubernetes_pod_container_id: 4 values",
			"service": "targets by __meta_kubernetes_pod_uid: 2 values",
		} {
			if c := components["pyroscope.enrich."+component]; !strings.Contains(c.Message, want) {
				return fmt.Errorf("%s: %s", component, c.Message)
			}
		}
		return nil
	})

	senders := []struct {
		service, address, container string
		want                        map[string]string
	}{
		{"by-address", "127.0.0.11", "", map[string]string{"namespace": "shop", "pod": "cart-1", "service": "cart"}},
		{"by-container", "127.0.0.9", otherContainer, map[string]string{"namespace": "shop", "pod": "cart-2", "service": "cart"}},
		{"container-first", "127.0.0.11", "containerd://" + batchContainer, map[string]string{"namespace": "jobs", "pod": "batch"}},
		{"of-nobody", "127.0.0.9", strings.Repeat("00", 32), nil},
	}
	for _, sender := range senders {
		pushOtlp(t, port, sender.address, withResource(t, written, map[string]string{"service.name": sender.service, "container.id": sender.container}))
	}
	harness.Eventually(t, 30*time.Second, "delivery", func() error {
		if e := stoker.Endpoint(t); e.Sent == 0 || e.Queued+e.InFlight > 0 || e.Lost() > 0 {
			return fmt.Errorf("%+v", e)
		}
		return nil
	})
	for _, sender := range senders {
		selector := fmt.Sprintf("{service_name=%q}", sender.service)
		var profileType string
		harness.Eventually(t, 60*time.Second, sender.service, func() error {
			series, err := backend.Series(selector, harness.Since(start))
			if err != nil || len(series) == 0 {
				return fmt.Errorf("no series: %v", err)
			}
			for _, labels := range series {
				profileType = labels["__profile_type__"]
				got := maps.Clone(labels)
				maps.DeleteFunc(got, func(name, _ string) bool {
					return sender.want[name] == "" && name != "namespace" && name != "pod" && name != "service"
				})
				if !maps.Equal(got, sender.want) {
					t.Fatalf("%s: %v", sender.service, labels)
				}
			}
			return nil
		})
		merged, err := backend.MergeProfile(profileType, selector, harness.Since(start))
		if err != nil || merged == nil {
			t.Fatalf("%s: nothing of %s: %v", sender.service, profileType, err)
		}
		t.Logf("%s: %s", sender.service, profileType)
		checkShares(t, merged, 0, truth.CPU, 1000)
	}
	message := stoker.Components(t)
	for component, want := range map[string]string{"sender": "2 profiles enriched, 2 without", "container": "2 profiles enriched, 2 without", "service": "2 profiles enriched, 2 without"} {
		if c := message["pyroscope.enrich."+component]; !strings.HasPrefix(c.Message, want) {
			t.Errorf("%s: %s", component, c.Message)
		}
	}
}

func enrichConfig(t *testing.T, kube *harness.Kube, token string, backend *harness.Pyroscope, port int) string {
	t.Helper()
	text := read(t, filepath.Join("..", "config-examples", "enrich-otlp.conf"))
	server := fmt.Sprintf(`, api_server = "%s", bearer_token_file = "%s", tls_config { ca_file = "%s" } }`, kube.URL, token, kube.CAFile)
	for old, replacement := range map[string]string{
		"role = pod }": "role = pod" + server, "role = endpointslice }": "role = endpointslice" + server,
		"grpc { listen_port = 4317 }": fmt.Sprintf(`grpc { listen_address = "127.0.0.1", listen_port = %d }`, harness.FreePort(t)),
		"http { listen_port = 4318 }": fmt.Sprintf(`http { listen_address = "127.0.0.1", listen_port = %d }`, port),
		"http://pyroscope:4040":       backend.URL,
	} {
		if strings.Count(text, old) != 1 {
			t.Fatalf("the example has not one %s", old)
		}
		text = strings.Replace(text, old, replacement, 1)
	}
	return text
}

// withResource is the request with these attributes of its resource, as a collector adds them; "" is none.
func withResource(t *testing.T, written []byte, attributes map[string]string) []byte {
	t.Helper()
	var request otlp.ProfilesData // has the fields of the request that exports it
	if err := proto.Unmarshal(written, &request); err != nil {
		t.Fatal(err)
	}
	for _, profiles := range request.ResourceProfiles {
		profiles.Resource = &resource.Resource{}
		for name, value := range attributes {
			if value != "" {
				profiles.Resource.Attributes = append(profiles.Resource.Attributes, &common.KeyValue{
					Key: name, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}})
			}
		}
	}
	body, err := proto.Marshal(&request)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// pushOtlp sends it from that address.
func pushOtlp(t *testing.T, port int, address string, body []byte) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}}
	answer, err := client.Post(fmt.Sprintf("http://127.0.0.1:%d/v1development/profiles", port), "application/x-protobuf", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK || len(text) > 0 {
		t.Fatalf("from %s: %s: %s", address, answer.Status, text)
	}
}
