package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A daemon is the collector: the same folder and address, one process after another.
type daemon struct {
	launcher, dir, listen string
	farm                  *farm
	reloads               bool  // endpoints come and go, so theirs and the scrapes' books cannot be compared
	pushing               int64 // profiles that clients may have under way

	mu    sync.Mutex
	procs []*proc
}

// A proc is one life of the collector.
type proc struct {
	number  int
	started time.Time
	ready   time.Time // zero when it was killed before
	asked   time.Time // SIGTERM; zero otherwise
	ended   time.Time
	killed  bool

	cmd     *exec.Cmd
	exited  chan struct{}
	samples samples
}

func newDaemon(launcher, dir, listen, config string, f *farm) (*daemon, error) {
	d := &daemon{launcher: launcher, dir: dir, listen: listen, farm: f}
	return d, os.WriteFile(d.config(), []byte(config), 0o644)
}

func (d *daemon) config() string  { return filepath.Join(d.dir, "chaos.conf") }
func (d *daemon) storage() string { return filepath.Join(d.dir, "storage") }
func (d *daemon) logFile() string { return filepath.Join(d.dir, "stoker.log") }

// now is the process that was started last.
func (d *daemon) now() *proc {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.procs[len(d.procs)-1]
}

// start starts the next process and returns at once.
func (d *daemon) start() error {
	log, err := os.OpenFile(d.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	p := &proc{number: len(d.procs) + 1, started: time.Now(), exited: make(chan struct{})}
	fmt.Fprintf(log, "=== process %d, %s\n", p.number, p.started.UTC().Format(time.RFC3339Nano))
	p.cmd = exec.Command(d.launcher, "run", d.config(), "--listen", d.listen, "--storage", d.storage())
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = d.dir, log, log
	// A group of its own: a kill meets whatever the launcher has started so far.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	d.farm.proc.Store(int64(p.number))
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.procs = append(d.procs, p)
	return nil
}

var errExited = errors.New("stoker ended by itself")

// awaitReady waits until the process answers, or until stop.
func (d *daemon) awaitReady(limit time.Duration, stop <-chan struct{}) error {
	p, end := d.now(), time.After(limit)
	for {
		if _, err := get("http://" + d.listen + "/-/ready"); err == nil {
			p.ready = time.Now()
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%w: %v; its log: %s", errExited, p.cmd.ProcessState, d.tail(12))
		case <-end:
			return fmt.Errorf("stoker is not ready within %s; its log: %s", limit, d.tail(12))
		case <-stop:
			return nil
		case <-time.After(150 * time.Millisecond):
		}
	}
}

// kill ends the process as a crash does.
func (d *daemon) kill() {
	p := d.now()
	p.ended, p.killed = time.Now(), true // before the signal: what is served from here on does not count as surviving
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.exited
}

// terminate stops it as an orchestrator does.
func (d *daemon) terminate(limit time.Duration) error {
	p := d.now()
	p.asked = time.Now()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
		p.ended = time.Now()
		return nil
	case <-time.After(limit):
		d.kill()
		return fmt.Errorf("process %d still ran %s after SIGTERM", p.number, limit)
	}
}

func (d *daemon) tail(n int) string {
	b, err := os.ReadFile(d.logFile())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return "\n    " + strings.Join(lines[max(0, len(lines)-n):], "\n    ")
}
