package e2e

import (
	"context"
	"encoding/json"
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

// TestComposeFile loads the files as docker compose does, which checks them
// against the specification's schema, and looks for all that they mount.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	checkCompose(t, loadCompose(t, "docker-compose.yaml"))
	push := loadCompose(t, "docker-compose.yaml", "docker-compose.push.yaml")
	checkCompose(t, push)
	if mounted := push.Services["stoker"].Volumes[0].Source; filepath.Base(mounted) != "stoker-push" {
		t.Errorf("with the second file, %s is the config", mounted)
	}
	datasources := harness.Parse(t, read(t, filepath.Join(compose, "grafana", "datasources.yaml")))
	want := []any{harness.Object{"name": "Pyroscope", "uid": "pyroscope", "type": "grafana-pyroscope-datasource",
		"access": "proxy", "url": "http://pyroscope:4040", "isDefault": true}}
	if len(datasources) != 1 || !reflect.DeepEqual(datasources[0]["datasources"], want) {
		t.Errorf("Grafana is provisioned with %v, want %v", datasources, want)
	}
}

func checkCompose(t *testing.T, project *types.Project) {
	t.Helper()
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
}

func loadCompose(t *testing.T, files ...string) *types.Project {
	t.Helper()
	var paths []string
	for _, file := range files {
		paths = append(paths, filepath.Join(compose, file))
	}
	options, err := cli.NewProjectOptions(paths)
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
	startStack(t, loadCompose(t, "docker-compose.yaml"))
}

// TestComposePushStack is the same with the second file: what the service
// pushes comes to Pyroscope by Stoker.
func TestComposePushStack(t *testing.T) {
	t.Parallel()
	stoker := startStack(t, loadCompose(t, "docker-compose.yaml", "docker-compose.push.yaml"))
	var receivers []struct {
		Profiles int
		Clients  []struct{ Address string }
	}
	body, err := harness.Get(stoker.URL + "/api/v1/receivers")
	if err == nil {
		err = json.Unmarshal(body, &receivers)
	}
	if err != nil || len(receivers) != 1 || receivers[0].Profiles == 0 || len(receivers[0].Clients) != 1 {
		t.Fatalf("the receivers are %s (%v)", body, err)
	}
}

// startStack starts all programs but Grafana, until both services are in Pyroscope.
func startStack(t *testing.T, project *types.Project) *harness.Stoker {
	t.Helper()
	backend := harness.StartPyroscope(t, harness.V1)
	start := time.Now().Add(-time.Minute)
	local := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
	ports := map[string]int{"app-pull": harness.FreePort(t), "app-push": harness.FreePort(t)}
	receiver := harness.FreePort(t)
	for name, folder := range map[string]string{"app-pull": "golang-pull", "app-push": "golang-push"} {
		binary := filepath.Join(t.TempDir(), folder)
		build := exec.Command("go", "build", "-o", binary, ".")
		build.Dir = filepath.Join(compose, folder)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", folder, err, out)
		}
		argv := []string{binary}
		for _, argument := range project.Services[name].Command {
			argv = append(argv, strings.NewReplacer("http://pyroscope:4040", backend.URL, "http://stoker:4040", "http://"+local(receiver),
				":6060", local(ports[name]), ":8080", local(ports[name])).Replace(argument))
		}
		harness.Start(t, name, t.TempDir(), nil, argv...)
	}
	files, err := filepath.Glob(filepath.Join(project.Services["stoker"].Volumes[0].Source, "*.conf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("Stoker has the configs %v (%v)", files, err)
	}
	config := strings.NewReplacer("app-pull:6060", local(ports["app-pull"]),
		"http://pyroscope:4040", backend.URL, `stoker.storage.path = "/var/lib/stoker"`, "",
		"scrape_interval = 15s", "scrape_interval = 3s", "listen_port = 4040", fmt.Sprintf("listen_port = %d", receiver),
	).Replace(read(t, files[0]))
	stoker := harness.StartStoker(t, config)

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
	return stoker
}
