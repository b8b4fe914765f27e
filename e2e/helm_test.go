package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dev.stoker/e2e/harness"
)

var chart = filepath.Join("..", "deploy", "helm", "stoker")

// needsPrivileged is the one set of values that the level restricted refuses.
const needsPrivileged = "hostpath.yaml"

// chartValues are all sets of values that the chart is tried with, as files:
// none, those of ci/, and each block of the chart's README.
func chartValues(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	write := func(name, text string) {
		all[name] = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(all[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("default", "{}")
	write("mode", "mode: deployment")
	write("IPv6", "ipFamilies: [IPv6]")
	write("nobody", "networkPolicy: { enabled: true, from: [] }")
	write("another account", "serviceAccount: { create: false, name: other }\nrbac: { create: false }\nfullnameOverride: profiles")
	files, err := filepath.Glob(filepath.Join(chart, "ci", "*.yaml"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, file := range files {
		all[filepath.Base(file)] = file
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(read(t, filepath.Join(chart, "README.md")), -1)
	if len(blocks) < 2 {
		t.Fatalf("the README shows %d sets of values", len(blocks))
	}
	for i, block := range blocks {
		write("README-"+string(rune('1'+i)), block[1])
	}
	return all
}

// helm runs it and fails on an exit code or a warning.
func helm(t *testing.T, args ...string) string {
	t.Helper()
	out, said, err := tryHelm(t, args...)
	if err != nil || regexp.MustCompile(`(?i)warn|violate|deprecated`).MatchString(said+out) && args[0] != "template" {
		t.Fatalf("helm %v: %v\n%s%s", args, err, out, said)
	}
	return out
}

func tryHelm(t *testing.T, args ...string) (out, said string, err error) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(filepath.Join(harness.CacheDir(t), "helm-"+harness.HelmVersion), args...)
	cmd.Env = append(os.Environ(), "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if os.IsNotExist(err) {
		t.Fatalf("%v; e2e/run builds it", err)
	}
	return stdout.String(), stderr.String(), err
}

func render(t *testing.T, values string, more ...string) []harness.Object {
	t.Helper()
	args := append([]string{"template", "stoker", chart, "--namespace", "stoker", "--values", values}, more...)
	return harness.Parse(t, helm(t, args...))
}

// TestHelmChart lints and renders the chart with each set of values; stoker
// takes each config, and the defaults are what the manifests of deploy/ are.
func TestHelmChart(t *testing.T) {
	t.Parallel()
	for name, values := range chartValues(t) {
		t.Run(name, func(t *testing.T) {
			helm(t, "lint", "--strict", "--quiet", chart, "--values", values)
			for _, object := range render(t, values) {
				if object["kind"] == "ConfigMap" {
					validate(t, object["data"].(harness.Object), name != "own-config.yaml")
				}
			}
		})
	}
	t.Run("as the manifests", func(t *testing.T) {
		with := func(more ...string) []harness.Object {
			return render(t, filepath.Join(chart, "values.yaml"), more...)
		}
		sameObjects(t, with(), "daemonset.yaml")
		sameObjects(t, with("--set", "mode=deployment"), "deployment.yaml")
		sameObjects(t, with("--set", "networkPolicy.enabled=true"), "daemonset.yaml", "networkpolicy.yaml")
		sameObjects(t, with("--set", "podMonitor.enabled=true"), "daemonset.yaml", "podmonitor.yaml")
	})
	t.Run("refusals", func(t *testing.T) {
		for set, words := range map[string]string{
			"storage.kind=claim":                    "is for mode = deployment",
			"podDisruptionBudget.enabled=true":      "is for mode = deployment",
			"mode=statefulset":                      "mode",
			"config.pyroscope.ulr=http://elsewhere": "ulr",
			"config.pyroscope.url=pyroscope:4040":   "pattern",
		} {
			_, said, err := tryHelm(t, "template", "stoker", chart, "--set", set)
			if err == nil || !strings.Contains(said, words) {
				t.Errorf("%s: %v, %q; want %q", set, err, said, words)
			}
		}
	})
}

// validate has the launcher read the config of a ConfigMap.
func validate(t *testing.T, data harness.Object, silent bool) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range data {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text.(string)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(harness.Launcher(t), "validate", folder)
	cmd.Env = append(os.Environ(), "NODE_NAME=n1")
	out, err := cmd.CombinedOutput()
	if err != nil || silent && strings.Contains(strings.ToLower(string(out)), "warn") {
		t.Errorf("stoker validate: %v\n%s%v", err, out, data)
	}
}

// sameObjects compares what is rendered with files of deploy/, without what only one of the two has by intention.
func sameObjects(t *testing.T, rendered []harness.Object, files ...string) {
	t.Helper()
	var want []harness.Object
	for _, file := range files {
		for _, object := range harness.Parse(t, read(t, filepath.Join("..", "deploy", file))) {
			if object["kind"] != "Namespace" { // helm makes it, or its user
				want = append(want, object)
			}
		}
	}
	got, expected := byKind(t, rendered), byKind(t, want)
	if kinds := slices.Sorted(maps.Keys(got)); !slices.Equal(kinds, slices.Sorted(maps.Keys(expected))) {
		t.Fatalf("%v are rendered, %v has %v", kinds, files, slices.Sorted(maps.Keys(expected)))
	}
	for kind, object := range got {
		if !reflect.DeepEqual(object, expected[kind]) {
			a, _ := json.MarshalIndent(object, "", " ")
			b, _ := json.MarshalIndent(expected[kind], "", " ")
			t.Errorf("%s is rendered as\n%s\nand is in %v\n%s", kind, a, files, b)
		}
	}
}

func byKind(t *testing.T, objects []harness.Object) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, object := range objects {
		raw, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		var plain any
		if err := json.Unmarshal(raw, &plain); err != nil {
			t.Fatal(err)
		}
		all[object["kind"].(string)] = withoutHelm(plain)
	}
	return all
}

// withoutHelm takes out Helm's labels, and what the chart says more than the manifests do: when to pull the image,
// where the storage is, and the node's name in mode deployment too.
func withoutHelm(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range []string{"app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by",
			"helm.sh/chart", "imagePullPolicy"} {
			delete(v, name)
		}
		if args, ok := v["args"].([]any); ok {
			v["args"] = slices.DeleteFunc(args, func(arg any) bool { return arg == "--storage" || arg == "/var/lib/stoker" })
		}
		if image, ok := v["image"].(string); ok {
			v["image"], _, _ = strings.Cut(image, ":")
		}
		if v["kind"] == "Deployment" {
			pod := v["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
			delete(pod["containers"].([]any)[0].(map[string]any), "env")
		}
		if v["kind"] == "ClusterRole" || v["kind"] == "ClusterRoleBinding" || v["kind"] == "ServiceAccount" ||
			v["kind"] == "ConfigMap" || v["kind"] == "NetworkPolicy" {
			if metadata, ok := v["metadata"].(map[string]any); ok { // a reference to a ServiceAccount has a kind too
				delete(metadata, "labels")
			}
		}
		for name, one := range v {
			v[name] = withoutHelm(one)
		}
	case []any:
		for i, one := range v {
			v[i] = withoutHelm(one)
		}
	}
	return value
}

// namespaceOf is a namespace that refuses pods, and warns of their makers, as the level says.
func namespaceOf(level string) string {
	return strings.ReplaceAll(`
apiVersion: v1
kind: Namespace
metadata:
  name: stoker
  labels:
    pod-security.kubernetes.io/enforce: LEVEL
    pod-security.kubernetes.io/warn: LEVEL
`, "LEVEL", level)
}

// TestHelmAdmission asks a real API server what it says of everything that is
// rendered, and of the pods that would be made of it, in a namespace of the level restricted.
func TestHelmAdmission(t *testing.T) {
	t.Parallel()
	kube := harness.StartKube(t)
	kube.Apply(t, namespaceOf("restricted"))
	for name, values := range chartValues(t) {
		for _, object := range withPod(render(t, values)) {
			warnings, err := kube.Admission(t, object)
			kind := object["kind"].(string)
			if name == needsPrivileged && (kind == "DaemonSet" || kind == "Pod") {
				said := strings.Join(warnings, " ")
				if err != nil {
					said = err.Error()
				}
				if !strings.Contains(said, "hostPath") || (kind == "Pod") != (err != nil) {
					t.Errorf("%s: %s: %v, %v; the level restricted has to refuse it", name, kind, warnings, err)
				}
			} else if err != nil || len(warnings) > 0 {
				t.Errorf("%s: %s: %v, %v", name, kind, err, warnings)
			}
		}
	}
	kube.Apply(t, namespaceOf("privileged"))
	for _, object := range withPod(render(t, filepath.Join(chart, "ci", needsPrivileged))) {
		if warnings, err := kube.Admission(t, object); err != nil || len(warnings) > 0 {
			t.Errorf("privileged: %s: %v, %v", object["kind"], err, warnings)
		}
	}
}

// withPod adds the pod that a controller would make. A PodMonitor is left out: its kind is not the API server's own.
func withPod(objects []harness.Object) (all []harness.Object) {
	for _, object := range objects {
		if object["kind"] != "PodMonitor" {
			all = append(all, object)
		}
		if object["kind"] == "DaemonSet" || object["kind"] == "Deployment" {
			template := object["spec"].(harness.Object)["template"].(harness.Object)
			all = append(all, harness.Object{"apiVersion": "v1", "kind": "Pod", "spec": template["spec"],
				"metadata": harness.Object{"name": "stoker-0", "namespace": "stoker"}})
		}
	}
	return all
}

// TestHelmUpgrade installs the chart, and upgrades to one of a later version with other values: the storage is the same
// folder or claim, and a claim outlives the release.
func TestHelmUpgrade(t *testing.T) {
	t.Parallel()
	kube := harness.StartKube(t)
	kube.Apply(t, namespaceOf("privileged"))
	config := kube.Kubeconfig(t)
	later := laterChart(t)
	for values, workload := range map[string]string{"deployment.yaml": "deployments", needsPrivileged: "daemonsets"} {
		do := func(verb, chart string, more ...string) {
			helm(t, append([]string{verb, "stoker", chart, "--namespace", "stoker", "--kubeconfig", config,
				"--values", filepath.Join(chart, "ci", values), "--set", "podMonitor.enabled=false"}, more...)...)
		}
		object := "/apis/apps/v1/namespaces/stoker/" + workload + "/stoker"
		do("install", chart)
		before := storageOf(t, kube.Read(t, object))
		do("upgrade", later, "--set", "config.naming=chart", "--set", "resources.limits.memory=1Gi")
		after := kube.Read(t, object)
		if got := storageOf(t, after); !reflect.DeepEqual(got, before) {
			t.Errorf("the storage was %v and is %v", before, got)
		}
		if raw, _ := json.Marshal(after); !strings.Contains(string(raw), "stoker:99.0.0") || !strings.Contains(string(raw), `"memory":"1Gi"`) {
			t.Errorf("nothing was upgraded: %s", raw)
		}
		helm(t, "uninstall", "stoker", "--namespace", "stoker", "--kubeconfig", config)
	}
	if claim := kube.Read(t, "/api/v1/namespaces/stoker/persistentvolumeclaims/stoker"); claim["metadata"].(map[string]any)["deletionTimestamp"] != nil {
		t.Errorf("the claim went with the release: %v", claim)
	}
}

// laterChart is the chart as a later version will be.
func laterChart(t *testing.T) string {
	t.Helper()
	later := filepath.Join(t.TempDir(), "stoker")
	if err := os.CopyFS(later, os.DirFS(chart)); err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^(version|appVersion): .*$`).ReplaceAllString(read(t, filepath.Join(chart, "Chart.yaml")), "$1: 99.0.0")
	if err := os.WriteFile(filepath.Join(later, "Chart.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return later
}

// storageOf is what a workload's queue is kept in: the volume, where it is mounted, and what the daemon is told.
func storageOf(t *testing.T, workload map[string]any) (found []any) {
	t.Helper()
	spec := workload["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	container := spec["containers"].([]any)[0].(map[string]any)
	for _, list := range []any{spec["volumes"], container["volumeMounts"]} {
		for _, one := range list.([]any) {
			if one.(map[string]any)["name"] == "storage" {
				found = append(found, one)
			}
		}
	}
	args := container["args"].([]any)
	found = append(found, args[slices.Index(args, any("--storage")):])
	if len(found) != 3 {
		t.Fatalf("no storage in %v", workload)
	}
	return found
}
