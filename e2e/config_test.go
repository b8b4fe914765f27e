package e2e

import (
	"strings"
	"testing"
	"text/template"
	"time"

	"dev.stoker/e2e/harness"
)

const (
	service  = "pull.golang.app"
	selector = `{service_name="pull.golang.app"}`
	// interval is the shortest that leaves a timed profile its 2 seconds.
	interval = 3 * time.Second
)

// config is what a user would write for one Go service. The unset
// delta_profiling_duration is interval - 1 s.
var config = template.Must(template.New("config").Parse(`
pyroscope.scrape.default {
  targets = [ { "__address__" = "{{.App}}", "service_name" = "pull.golang.app" } ]
  job_name = "golang-pull"
  scrape_interval = 3s
  profiling_config {
    profile.process_cpu { enabled = true }
    profile.memory      { enabled = true, path = "/debug/pprof/allocs" }
    profile.goroutine   { enabled = true }
    profile.mutex       { enabled = true }
    profile.block       { enabled = true }
  }
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.write.endpoint {
  endpoint { url = "{{.Backend}}" }
  external_labels = { "env" = "e2e", "region" = "lab" }
}
`))

func startStoker(t *testing.T, app *harness.App, backend *harness.Pyroscope) *harness.Stoker {
	t.Helper()
	return startStokerIn(t, t.TempDir(), app, backend)
}

func startStokerIn(t *testing.T, storage string, app *harness.App, backend *harness.Pyroscope) *harness.Stoker {
	t.Helper()
	var text strings.Builder
	if err := config.Execute(&text, map[string]string{"App": app.Address, "Backend": backend.URL}); err != nil {
		t.Fatal(err)
	}
	return harness.StartStokerIn(t, storage, text.String())
}
