package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A child is a process of this benchmark; its output goes to a file.
type child struct {
	cmd  *exec.Cmd
	file string
	done chan struct{}
}

func start(o options, name, program string, args ...string) (*child, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(program, args...), file: filepath.Join(o.dir, name+".log"), done: make(chan struct{})}
	out, err := os.Create(c.file)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	c.cmd.Stdout, c.cmd.Stderr = out, out
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = c.cmd.Wait(); close(c.done) }()
	return c, nil
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

func (c *child) log() string {
	b, _ := os.ReadFile(c.file)
	return string(b[max(0, len(b)-2000):])
}

func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
	case <-time.After(30 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}

// cpuSeconds are user and system time of each process, without its children.
func cpuSeconds(pids []int) (seconds []float64) {
	const ticks = 100 // USER_HZ of every Linux that Go runs on
	for _, pid := range pids {
		b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		sum := 0.0
		if len(fields) > 12 {
			user, _ := strconv.ParseFloat(fields[11], 64)
			system, _ := strconv.ParseFloat(fields[12], 64)
			sum = (user + system) / ticks
		}
		seconds = append(seconds, sum)
	}
	return seconds
}

// peak is the highest resident size of a process since its begin, in bytes.
func peak(pid int) int64 {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb * 1024
		}
	}
	return 0
}
