package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// PrometheusVersion must be the one in prometheus/go.mod.
const PrometheusVersion = "v0.311.3"

// StartWitness runs Prometheus' own Kubernetes discovery (../prometheus) for
// kubernetes_sd_configs by name; a GET of the URL answers with all targets by name.
func StartWitness(t *testing.T, configs map[string]Object) (url string) {
	t.Helper()
	text, err := yaml.Marshal(configs)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "witness.yaml")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	binary := mustExist(t, filepath.Join(CacheDir(t), "prometheus-sd-"+PrometheusVersion), "e2e/run builds it")
	listen := fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	process := Start(t, "prometheus-sd", t.TempDir(), nil, binary, file, listen)
	awaitReady(t, process, "http://"+listen+"/", 10*time.Second)
	return "http://" + listen + "/"
}
