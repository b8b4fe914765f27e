package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A child is a process we started; its output goes to a log file.
type child struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
}

// An empty folder is ours.
func spawn(name, log, folder string, j java, argv ...string) (*child, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, out, out
	cmd.Env = environment(j)
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

// environment is ours, with the JVM of a column. What STOKER_JAVA_OPTS says here would change both columns.
func environment(j java) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "STOKER_JAVA_OPTS=") })
	if j.home != "" {
		env = append(env, "JAVA_HOME="+j.home)
	}
	if flags := j.flags(); flags != "" {
		env = append(env, "STOKER_JAVA_OPTS="+flags)
	}
	return env
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

// await polls until ok, as long as the child lives.
func await(ctx context.Context, limit time.Duration, c *child, ok func() error) error {
	end := time.Now().Add(limit)
	for {
		err := ok()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s is not ready after %v: %w", c.name, limit, err)
		}
		if err := pause(ctx, 200*time.Millisecond, c); err != nil {
			return err
		}
	}
}

// pause waits; it ends early with an error when a child ends or the user interrupts.
func pause(ctx context.Context, d time.Duration, children ...*child) error {
	end := time.NewTimer(d)
	defer end.Stop()
	died := make(chan *child, len(children))
	over := make(chan struct{})
	defer close(over)
	for _, c := range children {
		go func() {
			select {
			case <-c.done:
				died <- c
			case <-over:
			}
		}()
	}
	select {
	case <-end.C:
		return nil
	case c := <-died:
		return fmt.Errorf("%s ended: %s", c.name, c.cmd.ProcessState)
	case <-ctx.Done():
		return errors.New("interrupted")
	}
}
