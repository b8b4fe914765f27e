package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

var compose = filepath.Join("..", "deploy", "compose")

// TestComposeFile loads the file as docker compose does, which checks it
// against the specification's schema, and looks for all that it mounts.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	project := loadCompose(t)
	for _, name := range []string{"pyroscope", "grafana", "app-pull", "app-push", "stoker"} {
		service, ok := project.Services[name]
		if !ok {
			t.Fatalf("no service %s", name)
		}
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				exists(t, volume.Source)
			}
		}
		if service.Build != nil {
			exists(t, filepath.Join(service.Build.Context, "Dockerfile"))
		}
	}
	datasources := harness.Parse(t, read(t, filepath.Join(compose, "grafana", "datasources.yaml")))
	want := []any{harness.Object{"name": "Pyroscope", "uid": "pyroscope", "type": "grafana-pyroscope-datasource",
		"access": "proxy", "url": "http://pyroscope:4040", "isDefault": true}}
	if len(datasources) != 1 || !reflect.DeepEqual(datasources[0]["datasources"], want) {
		t.Errorf("Grafana is provisioned with %v, want %v", datasources, want)
	}
}

func loadCompose(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(compose, "docker-compose.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func exists(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// TestComposeStack starts the stack's programs as processes with the settings
// of the file: both services are in Pyroscope, the pulled one with all types.
func TestComposeStack(t *testing.T) {
	t.Parallel()
	project := loadCompose(t)
	backend := harness.StartPyroscope(t, harness.V1)
	start := time.Now().Add(-time.Minute)
	ports := map[string]int{"app-pull": harness.FreePort(t), "app-push": harness.FreePort(t)}
	for name, folder := range map[string]string{"app-pull": "golang-pull", "app-push": "golang-push"} {
		binary := filepath.Join(t.TempDir(), folder)
		build := exec.Command("go", "build", "-o", binary, ".")
		build.Dir = filepath.Join(compose, folder)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", folder, err, out)
		}
		argv := []string{binary}
		for _, argument := range project.Services[name].Command {
			argv = append(argv, strings.NewReplacer("http://pyroscope:4040", backend.URL,
				":6060", fmt.Sprintf("127.0.0.1:%d", ports[name]), ":8080", fmt.Sprintf("127.0.0.1:%d", ports[name])).Replace(argument))
		}
		harness.Start(t, name, t.TempDir(), nil, argv...)
	}
	config := strings.NewReplacer("app-pull:6060", fmt.Sprintf("127.0.0.1:%d", ports["app-pull"]),
		"http://pyroscope:4040", backend.URL, `stoker.storage.path = "/var/lib/stoker"`, "",
		"scrape_interval = 15s", "scrape_interval = 3s",
	).Replace(read(t, filepath.Join(compose, "stoker", "pull.conf")))
	harness.StartStoker(t, config)

	harness.Eventually(t, 60*time.Second, "both services", func() error {
		types, err := profileTypes(backend, `{service_name="pull.golang.app"}`, start)
		if err != nil || types != "block goroutine memory mutex process_cpu" {
			return fmt.Errorf("pull.golang.app has %q (%v)", types, err)
		}
		types, err = profileTypes(backend, `{service_name="echo.server"}`, start)
		if err != nil || !strings.Contains(types, "process_cpu") {
			return fmt.Errorf("echo.server has %q (%v)", types, err)
		}
		return nil
	})
}
