package harness

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// App is the Go service under apps/golang-pull, under its own load. Its
// address survives a restart.
type App struct {
	Address string
	flags   []string
	proc    *Process
}

// StartApp starts the service that run (or TestMain) has built.
func StartApp(t *testing.T, flags ...string) *App {
	t.Helper()
	a := &App{Address: fmt.Sprintf("127.0.0.1:%d", FreePort(t)), flags: flags}
	a.Start(t)
	return a
}

// Start starts the service on its address, again after a Kill.
func (a *App) Start(t *testing.T) {
	t.Helper()
	binary, err := filepath.Abs(filepath.Join(".build", "golang-pull"))
	if err != nil {
		t.Fatal(err)
	}
	command := append([]string{binary, "-listen", a.Address, "-load"}, a.flags...)
	a.proc = Start(t, "golang-pull", t.TempDir(), nil, command...)
	awaitReady(t, a.proc, "http://"+a.Address+"/fast", 10*time.Second)
}

// Kill ends the service at once, as a crash does.
func (a *App) Kill() { a.proc.Kill() }

// Fetch gets one profile. Not for the kept paths while a test counts on them.
func (a *App) Fetch(t *testing.T, path string) []byte {
	t.Helper()
	b, err := Get("http://" + a.Address + path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Close makes the service refuse the cumulative profiles from now on.
func (a *App) Close(t *testing.T) { a.Fetch(t, "/served/close") }

// Served is one body the service handed out.
type Served struct {
	StartID string    `json:"start_id"`
	Time    time.Time `json:"time"`
	Body    []byte    `json:"body"`
}

// Served lists the bodies handed out on a path, oldest first.
func (a *App) Served(t *testing.T, path string) []Served {
	t.Helper()
	var list []Served
	if err := json.Unmarshal(a.Fetch(t, "/served?path="+path), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// Total sums one cumulative sample type of the body.
func (s Served) Total(t *testing.T, sampleType string) int64 {
	t.Helper()
	p, err := profile.ParseData(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	for i, st := range p.SampleType {
		if st.Type == sampleType {
			return Sum(p, i)
		}
	}
	t.Fatalf("the body has no sample type %s", sampleType)
	return 0
}
