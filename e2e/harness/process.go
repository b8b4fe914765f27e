// Package harness starts the real parts the end-to-end tests are made of and
// looks at them from outside: processes, HTTP, stored profiles.
package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Process is a child process whose output is kept in a file.
type Process struct {
	Name    string
	LogFile string
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process is gone
}

// Start runs a command. The test's end kills it if it still runs, and a failed
// test prints the tail of its log.
func Start(t *testing.T, name, dir string, env []string, argv ...string) *Process {
	t.Helper()
	p := &Process{Name: name, LogFile: logPath(t, name), exited: make(chan struct{})}
	log, err := os.OpenFile(p.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(argv[0], argv[1:]...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = dieWithParent()
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() { p.cmd.Wait(); close(p.exited) }()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("--- last lines of %s ---\n%s", p.LogFile, p.LogTail(30))
		}
	})
	return p
}

// logPath is a file that survives the test when STOKER_E2E_LOGS names a
// folder, and otherwise lives as long as the test (its tail is printed).
func logPath(t *testing.T, name string) string {
	dir := os.Getenv("STOKER_E2E_LOGS")
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+"-"+name+".log")
}

// Exited tells whether the process is gone.
func (p *Process) Exited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// Terminate sends SIGTERM and waits; it is an error if the process takes longer.
func (p *Process) Terminate(limit time.Duration) error {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
		return nil
	case <-time.After(limit):
		return fmt.Errorf("%s still runs %s after SIGTERM", p.Name, limit)
	}
}

// ExitCode is valid once the process is gone; -1 means killed by a signal.
func (p *Process) ExitCode() int { return p.cmd.ProcessState.ExitCode() }

// Kill ends the process at once (SIGKILL) and waits.
func (p *Process) Kill() {
	p.cmd.Process.Kill()
	<-p.exited
}

// Log is all the process has printed.
func (p *Process) Log() string {
	b, err := os.ReadFile(p.LogFile)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// LogTail is the last n lines of Log.
func (p *Process) LogTail(n int) string {
	lines := strings.Split(strings.TrimRight(p.Log(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
