package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dev.stoker/e2e/cgroup"
)

// probeLimit is within what time a probe has to be answered, whatever else goes on.
const probeLimit = time.Second

// A collector is the process under attack, in a cgroup of its own.
type collector struct {
	cmd     *exec.Cmd
	url     string
	logFile string
	group   *cgroup.Group
	gone    chan struct{}
}

func startCollector(o options, w *world, config string) (*collector, error) {
	file := filepath.Join(w.dir, "attack.conf")
	if err := os.WriteFile(file, []byte(w.config()+config), 0o644); err != nil {
		return nil, err
	}
	address, err := freeAddress("127.0.0.1")
	if err != nil {
		return nil, err
	}
	c := &collector{url: "http://" + address, logFile: filepath.Join(w.dir, "stoker.log"), gone: make(chan struct{})}
	if c.group, err = cgroup.New(o.memory << 20); err != nil {
		return nil, err
	}
	log, err := os.Create(c.logFile)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	// The shell puts itself into the cgroup first: the JVM sizes itself by it when it starts.
	script := `for f in ` + strings.Join(c.group.Procs(), " ") + `; do echo $$ >"$f"; done; exec "$@"`
	c.cmd = exec.Command("sh", "-c", script, "sh", o.launcher, "run", file, "--listen", address, "--storage", filepath.Join(w.dir, "storage"))
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		c.group.Remove()
		return nil, err
	}
	go func() { _ = c.cmd.Wait(); close(c.gone) }()
	return c, nil
}

func (c *collector) exited() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

func (c *collector) kill() {
	_ = c.cmd.Process.Kill()
	<-c.gone
	c.group.Remove()
}

func (c *collector) awaitReady(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		_, err := ask(c.url+"/-/ready", probeLimit)
		switch {
		case err == nil:
			return nil
		case c.exited():
			return errors.New("the collector ended before it was ready")
		case time.Now().After(deadline):
			return fmt.Errorf("not ready within %s: %w", limit, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// probe asks every second on a connection of its own, as a kubelet does.
func (c *collector) probe(length time.Duration, r *result) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	end := time.After(length)
	missed := 0
	for {
		select {
		case <-end:
			if missed > 0 {
				r.findings = append(r.findings, fmt.Sprintf("%d of %d probes were not answered within %s", missed, r.probes, probeLimit))
			}
			return
		case <-c.gone:
			return
		case <-tick.C:
			began := time.Now()
			_, err := ask(c.url+"/-/healthy", 5*time.Second)
			took := time.Since(began)
			r.probes++
			r.slowest = max(r.slowest, took)
			if err != nil || took > probeLimit {
				missed++
			}
		}
	}
}

// rssPeak is what the kernel has seen at most of the process itself, without page cache.
func (c *collector) rssPeak() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

func (c *collector) logTail(n int) string {
	b, _ := os.ReadFile(c.logFile)
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// ask fetches a URL on a connection of its own.
func ask(url string, limit time.Duration) ([]byte, error) {
	end := time.Now().Add(limit)
	for {
		b, later, err := askOnce(url, time.Until(end))
		if later == 0 || time.Until(end) < later {
			return b, err
		}
		time.Sleep(later)
	}
}

// askOnce says also in what time it may be asked again when it is busy.
func askOnce(url string, limit time.Duration) (b []byte, later time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Close = true
	response, err := (&http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}).Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	b, err = io.ReadAll(response.Body)
	if err == nil && response.StatusCode == http.StatusServiceUnavailable {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		later = time.Duration(seconds) * time.Second
	}
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", url, response.Status, b)
	}
	return b, later, err
}
