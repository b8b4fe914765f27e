package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// threads sums the CPU time of a process's threads of the agent and of JFR. Threads end, so it looks four times a second;
// the agent's live two seconds after their last work.
type threads struct {
	pid   int
	mu    sync.Mutex
	used  map[string]int64 // nanoseconds by thread id and name
	state map[string]string
}

func watchThreads(pid int) *threads {
	t := &threads{pid: pid, used: map[string]int64{}}
	go func() {
		for {
			t.look()
			time.Sleep(250 * time.Millisecond)
		}
	}()
	return t
}

// ours tells the agent's threads (its HTTP server's among them; the program has no other) and JFR's. Linux cuts names at 15
// characters.
func ours(name string) bool {
	for _, prefix := range []string{"stoker-agent", "HTTP-Dispatcher", "idle-timeout-ta", "server-timer", "JFR"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (t *threads) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state = map[string]string{}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", t.pid))
	for _, task := range tasks {
		comm, _ := os.ReadFile(task + "/comm")
		name := strings.TrimSpace(string(comm))
		if !ours(name) {
			continue
		}
		stat, _ := os.ReadFile(task + "/stat")
		if end := strings.LastIndexByte(string(stat), ')'); end > 0 && len(stat) > end+2 {
			t.state[filepath.Base(task)+" "+name] = string(stat[end+2])
		}
		schedstat, _ := os.ReadFile(task + "/schedstat")
		if fields := strings.Fields(string(schedstat)); len(fields) > 0 {
			t.used[filepath.Base(task)+" "+name], _ = strconv.ParseInt(fields[0], 10, 64)
		}
	}
}

// cpu is what they have used so far: the agent's, and JFR's.
func (t *threads) cpu() (agent, jfr time.Duration) {
	t.look()
	t.mu.Lock()
	defer t.mu.Unlock()
	for thread, nanos := range t.used {
		if _, name, _ := strings.Cut(thread, " "); strings.HasPrefix(name, "JFR") {
			jfr += time.Duration(nanos)
		} else {
			agent += time.Duration(nanos)
		}
	}
	return agent, jfr
}

// both is the sum.
func (t *threads) both() time.Duration {
	agent, jfr := t.cpu()
	return agent + jfr
}

// now lists the living ones with the kernel's letter for their state.
func (t *threads) now() (names []string, running bool) {
	t.look()
	t.mu.Lock()
	defer t.mu.Unlock()
	for thread, state := range t.state {
		_, name, _ := strings.Cut(thread, " ")
		names = append(names, name+" "+state)
		running = running || state != "S"
	}
	return names, running
}
