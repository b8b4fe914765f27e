package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ticksPerSecond is USER_HZ, the unit of times in /proc/PID/stat: 100 on every Linux that Go runs on.
const ticksPerSecond = 100

// cpu is what a process used itself, without its children, in seconds.
type cpu struct{ user, system float64 }

func (c cpu) total() float64  { return c.user + c.system }
func (c cpu) minus(o cpu) cpu { return cpu{c.user - o.user, c.system - o.system} }

func readCPU(pid int) (cpu, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cpu{}, err
	}
	return parseStat(string(b))
}

// parseStat reads utime and stime, fields 14 and 15. The command name before them may hold blanks and brackets.
func parseStat(s string) (cpu, error) {
	f := strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
	if len(f) < 13 {
		return cpu{}, errors.New("malformed /proc/PID/stat")
	}
	u, err1 := strconv.ParseFloat(f[11], 64)
	k, err2 := strconv.ParseFloat(f[12], 64)
	return cpu{u / ticksPerSecond, k / ticksPerSecond}, errors.Join(err1, err2)
}

// memory in bytes.
type memory struct{ rss, anon, hwm int64 }

func readMemory(pid int) (memory, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}, err
	}
	return parseStatus(string(b)), nil
}

func parseStatus(s string) memory {
	var m memory
	for line := range strings.Lines(s) {
		f := strings.Fields(line)
		if len(f) != 3 || f[2] != "kB" {
			continue
		}
		kb, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			m.rss = kb * 1024
		case "RssAnon:":
			m.anon = kb * 1024
		case "VmHWM:":
			m.hwm = kb * 1024
		}
	}
	return m
}

// A watch keeps the highest memory figures of a process, read each second until stopped.
type watch struct {
	mu   sync.Mutex
	peak memory
	stop chan struct{}
	done chan struct{}
}

func watchMemory(pid int) *watch {
	w := &watch{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			if m, err := readMemory(pid); err == nil {
				w.mu.Lock()
				w.peak = memory{max(w.peak.rss, m.rss), max(w.peak.anon, m.anon), max(w.peak.hwm, m.hwm)}
				w.mu.Unlock()
			}
			select {
			case <-tick.C:
			case <-w.stop:
				return
			}
		}
	}()
	return w
}

func (w *watch) end() memory {
	close(w.stop)
	<-w.done
	return w.peak
}
