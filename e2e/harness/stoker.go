package harness

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dev.stoker/e2e/cgroup"
)

// Stoker is the collector, run by its launcher.
type Stoker struct {
	URL    string
	Config string // the file
	proc   *Process
}

// Address is host and port of its admin server.
func (s *Stoker) Address() string { return strings.TrimPrefix(s.URL, "http://") }

// Signal reaches the JVM itself: the launcher is exec'ed away.
func (s *Stoker) Signal(signal os.Signal) { s.proc.cmd.Process.Signal(signal) }

// StartStoker writes the config to a file and runs it until it is ready.
func StartStoker(t *testing.T, config string, env ...string) *Stoker {
	t.Helper()
	return Launch{Env: env}.Start(t, config)
}

// StartStokerIn is StartStoker with a storage folder of the caller's.
func StartStokerIn(t *testing.T, storage, config string, env ...string) *Stoker {
	t.Helper()
	return Launch{Storage: storage, Env: env}.Start(t, config)
}

// Launch is how a collector is started; the zero value is the usual way.
type Launch struct {
	Name     string // of the process in logs; "" = stoker
	Launcher string // of another build; "" = the one under test
	Storage  string // "" = a folder of its own
	Listen   string // "" = a free port of loopback
	File     string // name of the config's file; "" = e2e.conf
	// Args are all that follows the launcher's name, in place of a config, Listen and Storage; nil = those.
	Args  []string
	Env   []string
	Group *cgroup.Group // nil = none
}

// Start writes the config to a file and runs it until it is ready.
func (l Launch) Start(t *testing.T, config string) *Stoker {
	t.Helper()
	s := l.Begin(t, config)
	awaitReady(t, s.proc, s.URL+"/-/ready", time.Minute)
	return s
}

// Begin is Start without the wait.
func (l Launch) Begin(t *testing.T, config string) *Stoker {
	t.Helper()
	if l.Launcher == "" {
		l.Launcher = buildStoker(t)
	}
	if l.Storage == "" {
		l.Storage = t.TempDir()
	}
	file := filepath.Join(t.TempDir(), cmp.Or(l.File, "e2e.conf"))
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if l.Listen == "" {
		l.Listen = fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	}
	s := &Stoker{URL: "http://" + l.Listen, Config: file}
	if l.Args == nil {
		l.Args = []string{"run", file, "--listen", l.Listen, "--storage", l.Storage}
	}
	argv := append([]string{l.Launcher}, l.Args...)
	if l.Group != nil {
		// The shell puts itself into the cgroup first: the JVM sizes itself by it when it starts.
		script := `for f in ` + strings.Join(l.Group.Procs(), " ") + `; do echo $$ >"$f"; done; exec "$@"`
		argv = append([]string{"sh", "-c", script, "sh"}, argv...)
	}
	s.proc = Start(t, cmp.Or(l.Name, "stoker"), t.TempDir(), l.Env, argv...)
	t.Cleanup(func() { // runs before the kill: the API still answers
		if t.Failed() && !s.proc.Exited() {
			for _, path := range []string{"/api/v1/targets", "/api/v1/endpoints", "/api/v1/components"} {
				b, err := Get(s.URL + path)
				t.Logf("--- %s ---\n%.20000s (%v)", path, b, err)
			}
		}
	})
	return s
}

// Exited tells whether it is gone.
func (s *Stoker) Exited() bool { return s.proc.Exited() }

// Pid is that of the JVM: the launcher is exec'ed away.
func (s *Stoker) Pid() int { return s.proc.cmd.Process.Pid }

// The launcher builds the collector when sources are newer. That is done once
// and alone: tests start it side by side, and two builds would share a folder.
var (
	built    sync.Once
	buildErr error
)

// Launcher is for a command that is no daemon.
func Launcher(t *testing.T) string { return buildStoker(t) }

// buildStoker is the launcher, and the build is fresh.
func buildStoker(t *testing.T) string {
	t.Helper()
	launcher, err := filepath.Abs(envOr("STOKER_E2E_STOKER", filepath.Join("..", "stoker")))
	if err != nil {
		t.Fatal(err)
	}
	mustExist(t, launcher, "STOKER_E2E_STOKER can name another launcher")
	built.Do(func() { buildErr = firstRun(launcher) })
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return launcher
}

func firstRun(launcher string) error {
	if out, err := exec.Command(launcher, "version").CombinedOutput(); err != nil {
		return fmt.Errorf("%s version: %v\n%s", launcher, err, out)
	}
	return nil
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

// Stop sends SIGTERM; the contract gives the collector 25 s to flush.
func (s *Stoker) Stop(t *testing.T) {
	t.Helper()
	if err := s.proc.Terminate(27 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// Kill is kill -9.
func (s *Stoker) Kill() { s.proc.Kill() }

// Log is what the collector has printed so far.
func (s *Stoker) Log() string { return s.proc.Log() }

// Target is one entry of "active" in /api/v1/targets.
type Target struct {
	Health      string            `json:"health"`
	URL         string            `json:"url"`
	ProfileType string            `json:"profile_type"`
	Labels      map[string]string `json:"labels"`
	LastScrape  *time.Time        `json:"last_scrape"`
	LastError   any               `json:"last_error"`
	Scrapes     int64             `json:"scrapes"`
	Failures    int64             `json:"failures"`
	Skipped     int64             `json:"skipped"`
	Source      string            `json:"source"`
	Detail      Detail            `json:"detail"`
}

// Detail is what a user should know of a target beside its health.
type Detail struct {
	RefusedBy []string `json:"refused_by"`
	Mended    string   `json:"mended"`
}

// Targets are the active targets by profile type (the tests have one address).
func (s *Stoker) Targets(t *testing.T) map[string]Target {
	t.Helper()
	var reply struct{ Active []Target }
	s.get(t, "/api/v1/targets", &reply)
	byType := map[string]Target{}
	for _, target := range reply.Active {
		byType[target.ProfileType] = target
	}
	return byType
}

// Discovered is one entry of "active" with what discovery gave it.
type Discovered struct {
	Target
	Component  string            `json:"component"`
	Discovered map[string]string `json:"discovered_labels"`
}

// Dropped is one entry of "dropped" in /api/v1/targets.
type Dropped struct {
	Component  string            `json:"component"`
	Discovered map[string]string `json:"discovered_labels"`
	Reason     string            `json:"reason"`
	Detail     string            `json:"detail"`
}

// AllTargets is the whole of /api/v1/targets.
func (s *Stoker) AllTargets(t *testing.T) (active []Discovered, dropped []Dropped) {
	t.Helper()
	var reply struct {
		Active  []Discovered
		Dropped []Dropped
	}
	s.get(t, "/api/v1/targets", &reply)
	return reply.Active, reply.Dropped
}

// Component is one entry of /api/v1/components.
type Component struct {
	ID, Kind, Health, Message string
	Books                     map[string]int64 // of its profiles; nil when it has none
}

// Components are those of the running graph, by id.
func (s *Stoker) Components(t *testing.T) map[string]Component {
	t.Helper()
	var list []Component
	s.get(t, "/api/v1/components", &list)
	byID := map[string]Component{}
	for _, c := range list {
		byID[c.ID] = c
	}
	return byID
}

// Endpoint is one entry of /api/v1/endpoints.
type Endpoint struct {
	Endpoint  string           `json:"endpoint"`
	State     string           `json:"state"`
	Offered   int64            `json:"offered"`
	Recovered int64            `json:"recovered"`
	Sent      int64            `json:"sent"`
	Dropped   map[string]int64 `json:"dropped"`
	Queued    int64            `json:"queued"`
	InFlight  int64            `json:"in_flight"`
	SetAside  []SetAside       `json:"set_aside"`
}

// SetAside is a profile that the server does not take.
type SetAside struct {
	Labels map[string]string `json:"labels"`
	Tries  int64             `json:"tries"`
	Answer string            `json:"answer"`
}

// Endpoints are all endpoints of the config.
func (s *Stoker) Endpoints(t *testing.T) []Endpoint {
	t.Helper()
	var list []Endpoint
	s.get(t, "/api/v1/endpoints", &list)
	return list
}

// Endpoint is the only endpoint of the config.
func (s *Stoker) Endpoint(t *testing.T) Endpoint {
	t.Helper()
	list := s.Endpoints(t)
	if len(list) != 1 {
		t.Fatalf("%d endpoints, want 1", len(list))
	}
	return list[0]
}

// Lost is how many profiles were dropped for whatever reason.
func (e Endpoint) Lost() (n int64) {
	for _, v := range e.Dropped {
		n += v
	}
	return n
}

// CheckIdentity is the accounting rule: every profile is somewhere.
func (e Endpoint) CheckIdentity() error {
	in, out := e.Offered+e.Recovered, e.Sent+e.Lost()+e.Queued+e.InFlight
	if in != out {
		return fmt.Errorf("offered + recovered = %d, but sent + dropped + queued + in flight = %d: %+v", in, out, e)
	}
	return nil
}

func (s *Stoker) get(t *testing.T, path string, reply any) {
	t.Helper()
	b, err := Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, reply); err != nil {
		t.Fatalf("%s: %v: %.500s", path, err, b)
	}
}
