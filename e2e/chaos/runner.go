package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A run carries out one scenario.
type run struct {
	scenario
	seed   uint64
	farm   *farm
	sink   *sink
	daemon *daemon
	push   *pushers // nil = nobody pushes
	say    func(format string, args ...any)

	done     chan struct{} // the faults are over
	end      chan struct{} // the sampling, too
	faults   sync.WaitGroup
	findings []finding
	figures  figures
	history  history
	mu       sync.Mutex
	fault    time.Time // the outage began
	healed   time.Time // and ended
	closed   time.Time // the farm answers no more
}

const (
	lossBound = 3 * time.Second // docs/configuration.md: spill_after (2s) and the fsync interval (1s)
	margin    = time.Second
)

func (r *run) find(kind, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.findings = append(r.findings, finding{kind, "run", fmt.Sprintf(format, args...)})
}

// run returns when all is checked; the error is one of the harness.
func (r *run) run() (*checker, error) {
	if err := r.farm.start(); err != nil {
		return nil, err
	}
	if err := r.sink.turn(ok); err != nil {
		return nil, err
	}
	defer r.sink.stop()
	if err := r.daemon.start(); err != nil {
		return nil, err
	}
	defer func() {
		if p := r.daemon.now(); p.ended.IsZero() {
			r.daemon.kill()
		}
	}()
	if err := r.daemon.awaitReady(2*time.Minute, nil); err != nil {
		return nil, err
	}
	if r.push != nil {
		r.push.start()
	}
	go r.sampling()
	defer close(r.end)
	r.faults.Add(2)
	go r.sinkFaults(rand.New(rand.NewPCG(r.seed, 3)))
	go r.targetFaults(rand.New(rand.NewPCG(r.seed, 4)))
	if err := r.stopAndStart(); err != nil {
		return nil, err
	}
	if err := r.reloadAll(rand.New(rand.NewPCG(r.seed, 5))); err != nil {
		return nil, err
	}
	if err := r.wait(r.warm + r.outageFor - time.Since(r.daemon.procs[0].ready)); err != nil {
		return nil, err
	}
	close(r.done)
	r.faults.Wait()
	if err := r.finish(); err != nil {
		return nil, err
	}
	return r.check(), nil
}

// stopAndStart stops and starts the collector as the scenario says.
func (r *run) stopAndStart() error {
	for i, s := range r.stops {
		p := r.daemon.now()
		if err := r.wait(time.Until(p.started.Add(s.after))); err != nil {
			return err
		}
		if s.kill {
			r.daemon.sampleScrapes()
			r.daemon.kill()
			r.say("kill -9 of process %d, %s after its start", p.number, time.Since(p.started).Round(time.Millisecond))
		} else {
			from := time.Now()
			_, _ = r.daemon.sample()
			r.daemon.sampleScrapes()
			if err := r.daemon.terminate(30 * time.Second); err != nil {
				r.find("stop", "%v", err)
			}
			r.say("SIGTERM of process %d took %s", p.number, time.Since(from).Round(time.Millisecond))
		}
		time.Sleep(s.pause)
		if err := r.daemon.start(); err != nil {
			return err
		}
		// The next kill may come before it is ready.
		stop := make(chan struct{})
		var timer *time.Timer
		if i+1 < len(r.stops) && r.stops[i+1].kill {
			timer = time.AfterFunc(r.stops[i+1].after, func() { close(stop) })
		}
		err := r.daemon.awaitReady(time.Minute, stop)
		if timer != nil {
			timer.Stop()
		}
		if err != nil {
			r.find("does not open", "process %d: %v", r.daemon.now().number, err)
			return err
		}
	}
	if len(r.stops) > 0 {
		return r.wait(2 * r.interval) // the last process does some work
	}
	return nil
}

// wait passes the time; a collector that ends by itself ends the run.
func (r *run) wait(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-r.daemon.now().exited:
		return fmt.Errorf("%w: %v; its log: %s", errExited, r.daemon.now().cmd.ProcessState, r.daemon.tail(20))
	}
}

func (r *run) sinkFaults(rng *rand.Rand) {
	defer r.faults.Done()
	for _, s := range r.steps(rng) {
		r.turn(s.mode)
		if s.for_ == 0 {
			return
		}
		select {
		case <-time.After(s.for_):
		case <-r.done:
			r.turn(ok)
			return
		}
	}
}

func (r *run) turn(m mode) {
	if err := r.sink.turn(m); err != nil {
		r.find("harness", "the sink cannot listen: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m == ok {
		r.healed = time.Now()
	} else if r.fault.IsZero() {
		r.fault = time.Now()
	}
	if !r.flap {
		r.say("sink: %s", m)
	}
}

func (r *run) targetFaults(rng *rand.Rand) {
	defer r.faults.Done()
	for r.restarts > 0 {
		t := r.farm.targets[rng.IntN(len(r.farm.targets))]
		down, newBuild := between(rng, 0.05, 3), rng.IntN(3) == 0
		select {
		case <-time.After(between(rng, 0, 2*r.restarts.Seconds())):
		case <-r.done:
			return
		}
		if !t.settled() {
			continue
		}
		r.figures.add("target_restarts", 1)
		r.faults.Add(1)
		go func() {
			defer r.faults.Done()
			if err := t.restart(down, newBuild); err != nil {
				r.find("harness", "target %s: %v", t.name, err)
			}
		}()
	}
}

func (r *run) sampling() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
		case <-r.end:
			return
		}
		_, _ = r.daemon.sample()
		if i%10 == 0 {
			r.daemon.sampleScrapes()
		}
	}
}

// finish lets the backlog drain, ends the scraping, waits for the rest and stops the collector.
func (r *run) finish() error {
	r.mu.Lock()
	from := r.healed
	r.mu.Unlock()
	r.say("the backend is well; waiting for the backlog")
	backlog, drained, err := r.drained(from, r.drainLimit, func(e endpoint) bool {
		return e.Oldest == nil || e.Oldest.After(from)
	})
	if err != nil {
		return err
	}
	if !drained {
		r.find("not drained", "within %s: %+v", r.drainLimit, r.daemon.now().samples.last)
	}
	r.figures.set("backlog_profiles", float64(backlog.Queued))
	r.figures.set("backlog_bytes", float64(backlog.QueuedBytes))
	r.figures.set("drained_s", time.Since(from).Seconds())
	r.daemon.sampleScrapes()
	r.farm.closed.Store(true)
	r.closed = time.Now()
	if r.push != nil && !r.push.finish(30*time.Second) {
		r.find("never taken", "clients still push 30 s after the backend is well")
	}
	if _, drained, err = r.drained(time.Now(), 30*time.Second, func(e endpoint) bool {
		return e.Queued+e.InFlight == 0
	}); err != nil {
		return err
	}
	if !drained {
		r.find("not drained", "after the last scrape: %+v", r.daemon.now().samples.last)
	}
	r.daemon.sampleScrapes()
	if err := r.daemon.terminate(30 * time.Second); err != nil {
		r.find("stop", "%v", err)
	}
	r.log()
	return nil
}

func (r *run) drained(from time.Time, limit time.Duration, empty func(endpoint) bool) (first endpoint, ok bool, err error) {
	for seen := false; ; {
		if e, err := r.daemon.sample(); err == nil {
			if !seen {
				first, seen = e, true
			}
			if empty(e) {
				return first, true, nil
			}
		}
		if time.Since(from) > limit {
			return first, false, nil
		}
		if err := r.wait(300 * time.Millisecond); err != nil {
			return first, false, err
		}
	}
}

// A kill may tear the last record off; it damages nothing else.
var damaged = regexp.MustCompile(`(corrupt_segments|damaged_records)="[1-9]`)

// Bad configs are logged as errors.
var refusal = regexp.MustCompile(`reload refused|chaos\.conf`)

// log looks for what must not be in the collector's log.
func (r *run) log() {
	b, _ := os.ReadFile(r.daemon.logFile())
	for line := range strings.Lines(string(b)) {
		for _, bad := range []string{" ERROR ", "Exception", "OutOfMemory", "bug:"} {
			if strings.Contains(line, bad) && (r.reloads == 0 || !refusal.MatchString(line)) {
				r.find("log", "%.300s", strings.TrimSpace(line))
				break
			}
		}
		if damaged.MatchString(line) {
			r.find("log", "%.300s", strings.TrimSpace(line))
		}
	}
}

func (r *run) check() *checker {
	c := &checker{
		bounds: bounds{r.interval, lossBound, margin}, procs: r.daemon.procs, downs: map[string][]span{}, groups: map[string]int{},
		closed: r.closed,
	}
	if r.reloads > 0 {
		c.history = &r.history
	}
	for i, t := range r.farm.targets {
		c.groups[t.name] = i % 2
		if len(t.downs) > 0 {
			c.downs[t.name] = t.downs
		}
	}
	c.run(r.farm.all())
	if r.push != nil {
		c.turns = r.sink.turns
		c.pushes(r.push.ledger)
		c.doorBooks(r.push.ledger, r.daemon.now())
		if err := r.push.ledger.save(filepath.Join(r.daemon.dir, "pushes.txt")); err != nil {
			r.find("harness", "%v", err)
		}
	}
	r.measure(c)
	c.findings = append(append(c.findings, r.findings...), r.sink.faults...)
	return c
}
