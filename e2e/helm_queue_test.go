package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// TestHelmUpgradeKeepsQueue runs what the pods of a release run, with the server away, upgrades the release, and runs what its
// pods then run: all that waited is delivered. So it is after a move from the manifests of deploy/hostpath to the chart.
func TestHelmUpgradeKeepsQueue(t *testing.T) {
	t.Parallel()
	kube := harness.StartKube(t)
	kube.Apply(t, namespaceOf("privileged"))
	release := helmRelease{kube: kube, config: kube.Kubeconfig(t)}
	farm := harness.StartPodFarm(t)
	harness.Herd{Namespace: "herd", PerNode: waiting, Port: farm.Port, Annotations: func(int) map[string]string {
		return map[string]string{"profiles.grafana.com/goroutine.scrape": "true"}
	}}.Write(t, kube, 0, waiting)

	t.Run("claim", func(t *testing.T) {
		sink := newLateSink(t)
		release.do(t, "install", chart, "deployment.yaml", sink)
		pod := release.pod("deployments", sink)
		pod.fill(t)
		release.do(t, "upgrade", laterChart(t), "deployment.yaml", sink, "--set", "config.naming=chart", "--set", "ipFamilies={IPv4,IPv6}")
		pod.drain(t)
		release.uninstall(t)
	})
	t.Run("hostPath", func(t *testing.T) {
		sink := newLateSink(t)
		release.do(t, "install", chart, needsPrivileged, sink)
		pod := release.pod("daemonsets", sink)
		pod.fill(t)
		release.do(t, "upgrade", laterChart(t), needsPrivileged, sink, "--set", "config.naming=chart")
		pod.drain(t)
		release.uninstall(t)
	})
	t.Run("from the manifests", func(t *testing.T) {
		sink := newLateSink(t)
		manifests := harness.Parse(t, strings.ReplaceAll(hostpathManifests(t), "http://pyroscope.pyroscope.svc:4040", sink.url))
		for _, object := range manifests {
			kube.ApplyObject(t, object)
		}
		pod := release.pod("daemonsets", sink)
		pod.fill(t)
		for _, object := range manifests { // as the chart's README says
			if object["kind"] != "Namespace" {
				kube.Discard(t, object)
			}
		}
		release.do(t, "install", chart, needsPrivileged, sink)
		pod.drain(t)
		release.uninstall(t)
	})
}

// waiting is how many profiles there are for each interval.
const waiting = 10

// hostpathManifests are what kubectl apply -k deploy applies with the component hostpath.
func hostpathManifests(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "deploy"))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "kustomization.yaml")
	text := strings.NewReplacer("# components:", "components:", "#   - hostpath", "  - hostpath").Replace(read(t, file))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return kustomize(t, folder)
}

// lateSink is a Pyroscope that nobody answers for at first.
type lateSink struct {
	address, url string
	pushes       atomic.Int64
}

func newLateSink(t *testing.T) *lateSink {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", harness.FreePort(t))
	return &lateSink{address: address, url: "http://" + address}
}

func (s *lateSink) open(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.pushes.Add(1)
		w.Header().Set("Content-Type", "application/proto")
	})}
	t.Cleanup(func() { server.Close() })
	go server.Serve(listener)
}

// helmRelease is the release "stoker" on one API server.
type helmRelease struct {
	kube   *harness.Kube
	config string // a kubeconfig
}

func (r helmRelease) do(t *testing.T, verb, chart, values string, sink *lateSink, more ...string) {
	t.Helper()
	helm(t, append([]string{verb, "stoker", chart, "--namespace", "stoker", "--kubeconfig", r.config, "--values", filepath.Join(chart, "ci", values),
		"--set", "podMonitor.enabled=false", "--set", "config.pyroscope.url=" + sink.url}, more...)...)
}

func (r helmRelease) uninstall(t *testing.T) {
	t.Helper()
	helm(t, "uninstall", "stoker", "--namespace", "stoker", "--kubeconfig", r.config)
}

func (r helmRelease) pod(kind string, sink *lateSink) *releasedPod {
	return &releasedPod{kube: r.kube, object: "/apis/apps/v1/namespaces/stoker/" + kind + "/stoker", sink: sink, folders: map[string]string{}}
}

// releasedPod is the pod that a controller would make of the workload, as the API server has it at that moment.
type releasedPod struct {
	kube    *harness.Kube
	object  string
	sink    *lateSink
	folders map[string]string // of claims and of the node, by what the volume says
	waited  int64
}

// fill runs it until profiles wait, and stops it.
func (p *releasedPod) fill(t *testing.T) {
	t.Helper()
	stoker := p.start(t)
	harness.Eventually(t, time.Minute, "profiles wait", func() error {
		now := stoker.Endpoint(t)
		if p.waited = now.Queued + now.InFlight; p.waited < 2*waiting {
			return fmt.Errorf("%+v", now)
		}
		return now.CheckIdentity()
	})
	stoker.Stop(t)
	if n := p.sink.pushes.Load(); n > 0 {
		t.Fatalf("%d pushes to a server that is away", n)
	}
}

// drain runs it with the server back until nothing waits.
func (p *releasedPod) drain(t *testing.T) {
	t.Helper()
	p.sink.open(t)
	stoker := p.start(t)
	if got := stoker.Endpoint(t).Recovered; got < p.waited {
		t.Errorf("%d profiles waited, and %d were found again", p.waited, got)
	}
	harness.Eventually(t, time.Minute, "all delivered", func() error {
		now := stoker.Endpoint(t)
		if now.Lost() > 0 {
			t.Fatalf("lost profiles: %+v", now)
		}
		if now.Queued+now.InFlight > 0 || now.Sent < p.waited || now.Offered == 0 || now.Sent != p.sink.pushes.Load() {
			return fmt.Errorf("%+v, %d pushes", now, p.sink.pushes.Load())
		}
		return now.CheckIdentity()
	})
	stoker.Stop(t)
}

// start runs the container's arguments with its volumes in folders of the test.
func (p *releasedPod) start(t *testing.T) *harness.Stoker {
	t.Helper()
	spec := p.kube.Read(t, p.object)["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	container := spec["containers"].([]any)[0].(map[string]any)
	volumes := map[string]string{}
	configs := ""
	for _, one := range spec["volumes"].([]any) {
		volume := one.(map[string]any)
		name := volume["name"].(string)
		if source, ok := volume["configMap"].(map[string]any); ok {
			volumes[name] = t.TempDir()
			configs = source["name"].(string)
			continue
		}
		volumes[name] = p.folderOf(t, volume)
	}
	var paths []string
	config := ""
	for _, one := range container["volumeMounts"].([]any) {
		mount := one.(map[string]any)
		folder := volumes[mount["name"].(string)]
		paths = append(paths, mount["mountPath"].(string), folder)
		if mount["name"] == "config" {
			config = folder
		}
	}
	account := spec["serviceAccountName"].(string)
	inside := strings.NewReplacer(append(paths, "role = pod", access(p.kube, p.kube.Token(t, "stoker", account))+"\nrole = pod",
		"targets = [ discovery.annotations.pods.out", "scrape_interval = 2s\ntargets = [ discovery.annotations.pods.out")...)
	for file, text := range p.kube.Read(t, "/api/v1/namespaces/stoker/configmaps/"+configs)["data"].(map[string]any) {
		changed := inside.Replace(text.(string))
		if !strings.Contains(changed, p.kube.URL) || !strings.Contains(changed, "2s") || !strings.Contains(changed, p.sink.url) {
			t.Fatalf("the config has changed:\n%s", text)
		}
		if err := os.WriteFile(filepath.Join(config, file), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	launch := harness.Launch{Env: []string{"NODE_NAME=n0"}}
	for _, arg := range container["args"].([]any) {
		launch.Args = append(launch.Args, inside.Replace(arg.(string)))
	}
	at := slices.Index(launch.Args, "--listen") + 1
	host, _, err := net.SplitHostPort(launch.Args[at])
	if at == 0 || err != nil {
		t.Fatalf("%v: %v", launch.Args, err)
	}
	port := fmt.Sprint(harness.FreePort(t))
	launch.Args[at] = net.JoinHostPort(host, port)
	launch.Listen = net.JoinHostPort("127.0.0.1", port) // of both families where it listens on [::]
	stoker := launch.Start(t, "")
	if host == "::" {
		if _, err := harness.Get("http://" + net.JoinHostPort("::1", port) + "/-/ready"); err != nil {
			t.Errorf("on IPv6: %v", err)
		}
	}
	return stoker
}

// folderOf is the same for the same claim and the same folder of a node, and a new one for all else.
func (p *releasedPod) folderOf(t *testing.T, volume map[string]any) string {
	t.Helper()
	source := maps.Clone(volume)
	delete(source, "name")
	if source["persistentVolumeClaim"] == nil && source["hostPath"] == nil {
		return t.TempDir()
	}
	key, err := json.Marshal(source)
	if err != nil {
		t.Fatal(err)
	}
	if p.folders[string(key)] == "" {
		p.folders[string(key)] = t.TempDir()
	}
	return p.folders[string(key)]
}
