package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A child is a process we started; its output goes to a log file.
type child struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
}

// An empty folder is ours, an empty javaHome too.
func spawn(name, log, folder, javaHome string, argv ...string) (*child, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, out, out
	cmd.Env = environment(javaHome)
	// A group of its own, so that Ctrl-C in a terminal reaches only us and we stop the others in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &child{name: name, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// environment is ours, with another JDK for launchers when one is named.
func environment(javaHome string) []string {
	if javaHome == "" {
		return nil
	}
	return append(os.Environ(), "JAVA_HOME="+javaHome)
}

func (c *child) pid() int { return c.cmd.Process.Pid }

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// stop sends SIGTERM, and SIGKILL after the patience given; it tells how the process ended and how long that took.
func (c *child) stop(patience time.Duration) (how string, took time.Duration) {
	if c.ended() {
		return "had ended before: " + c.cmd.ProcessState.String(), 0
	}
	begin := time.Now()
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
	case <-time.After(patience):
		// The whole group: a launcher that still builds has children.
		_ = syscall.Kill(-c.pid(), syscall.SIGKILL)
		<-c.done
		return fmt.Sprintf("killed, SIGTERM did not end it within %v", patience), time.Since(begin)
	}
	return c.cmd.ProcessState.String(), time.Since(begin)
}
