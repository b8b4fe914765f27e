// Package eureka tests discovery.eureka against a real server; see run.
package eureka

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// An application that registers itself is a target, with what the server itself
// says of it as JSON for its labels.
func TestARegisteredApplicationIsATarget(t *testing.T) {
	folder := os.Getenv("STOKER_E2E_EUREKA")
	if folder == "" {
		t.Skip("e2e/eureka/run builds the server")
	}
	libraries, err := os.ReadFile(filepath.Join(folder, "cp"))
	if err != nil {
		t.Fatal(err)
	}
	java := func(name string, args ...any) {
		argv := []string{"java", "-Xmx256m", "-cp", filepath.Join(folder, "classes") + ":" + strings.TrimSpace(string(libraries)), name}
		for _, arg := range args {
			argv = append(argv, fmt.Sprint(arg))
		}
		harness.Start(t, name, t.TempDir(), nil, argv...)
	}
	registry, shop := harness.FreePort(t), harness.FreePort(t)
	server := fmt.Sprintf("http://127.0.0.1:%d/eureka", registry)
	java("host.Registry", registry)
	harness.Eventually(t, 60*time.Second, "the server", func() error { _, err := registered(server); return err })
	java("host.Shop", shop, registry)
	instance := map[string]any{}
	harness.Eventually(t, 60*time.Second, "the application", func() error {
		found, err := registered(server)
		if err == nil && len(found) != 1 {
			err = fmt.Errorf("%d instances", len(found))
		}
		if err == nil {
			instance = found[0]
		}
		return err
	})

	discovered := targets(t, server)

	if len(discovered) != 1 {
		t.Fatalf("want one target: %v", discovered)
	}
	meta := func(name string) string { return discovered[0]["__meta_eureka_app_instance_"+name] }
	port := instance["port"].(map[string]any)
	secure := instance["securePort"].(map[string]any)
	for name, want := range map[string]any{
		"id": instance["instanceId"], "hostname": instance["hostName"], "ip_addr": instance["ipAddr"],
		"status": instance["status"], "country_id": instance["countryId"],
		"port": port["$"], "port_enabled": port["@enabled"],
		"secure_port": secure["$"], "secure_port_enabled": secure["@enabled"],
		"homepage_url": instance["homePageUrl"], "statuspage_url": instance["statusPageUrl"],
		"healthcheck_url": instance["healthCheckUrl"], "vip_address": instance["vipAddress"],
		"secure_vip_address":  instance["secureVipAddress"],
		"datacenterinfo_name": instance["dataCenterInfo"].(map[string]any)["name"],
	} {
		if got := meta(name); got != fmt.Sprint(want) {
			t.Errorf("%s is %q, and %v by the server", name, got, want)
		}
	}
	for name, want := range instance["metadata"].(map[string]any) {
		if got := meta("metadata_" + strings.ReplaceAll(name, ".", "_")); got != want {
			t.Errorf("metadata %s is %q, and %v by the server", name, got, want)
		}
	}
	if want := fmt.Sprintf("127.0.0.1:%d", shop); discovered[0]["__address__"] != want {
		t.Errorf("the address is %q, want %q", discovered[0]["__address__"], want)
	}
	if discovered[0]["__meta_eureka_app_name"] != instance["app"] {
		t.Errorf("the application is %q, want %v", discovered[0]["__meta_eureka_app_name"], instance["app"])
	}
}

// registered are all instances, as the server says them in JSON.
func registered(server string) ([]map[string]any, error) {
	request, err := http.NewRequest("GET", server+"/apps", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Applications struct {
			Application []struct{ Instance []map[string]any }
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%d: %w", response.StatusCode, err)
	}
	var all []map[string]any
	for _, application := range answer.Applications.Application {
		all = append(all, application.Instance...)
	}
	return all, nil
}

// targets are the discovered labels of what Stoker would scrape.
func targets(t *testing.T, server string) []map[string]string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "stoker.conf")
	text := fmt.Sprintf(`
discovery.eureka.e { server = %q }
pyroscope.scrape.s {
  targets = [ discovery.eureka.e.targets ]
  profiling_config { profile { process_cpu { enabled = false }, mutex { enabled = false }, block { enabled = false }, goroutine { enabled = false } } }
  forward_to = [ pyroscope.write.w.receiver ]
}
pyroscope.write.w { endpoint { url = "http://127.0.0.1:1" } }
`, server)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(os.Getenv("STOKER_E2E_STOKER"), "targets", "--json", config).Output()
	if err != nil {
		t.Fatalf("stoker targets: %v\n%s", err, out)
	}
	var found struct {
		Active []struct {
			Discovered map[string]string `json:"discovered_labels"`
		}
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var labels []map[string]string
	for _, target := range found.Active {
		labels = append(labels, target.Discovered)
	}
	return labels
}
