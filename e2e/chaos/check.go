package main

import (
	"fmt"
	"time"
)

// A finding is something that must not be.
type finding struct {
	Kind  string `json:"kind"`
	Where string `json:"where"`
	What  string `json:"what"`
}

// bounds are what the collector promises.
type bounds struct {
	interval time.Duration
	loss     time.Duration // spill_after and the fsync interval: what a kill may take
	margin   time.Duration // from the end of an answer to its enqueue, on a busy machine
}

// A tally is what became of the bodies: served is the sum of the others.
type tally struct {
	Served    int `json:"served"`
	Delivered int `json:"delivered"`
	Baseline  int `json:"baseline"`     // a first profile with counters only: nothing to send
	Still     int `json:"still"`        // no counter moved: nothing to send
	Killed    int `json:"lost_by_kill"` // within the loss bound
	Cut       int `json:"cut_by_stop"`  // answered while the collector was stopping; the next delta brings it
	Dropped   int `json:"dropped"`      // as the collector counted
	Missing   int `json:"missing"`      // none of these
	Gaps      int `json:"gaps"`         // stretches of a cumulative series that no delta brings
	Resent    int `json:"resent"`       // counted once, as Pyroscope does
	Missed    int `json:"missed_ticks"`
}

// A checker holds the books of one run against each other.
type checker struct {
	bounds
	procs    []*proc
	closed   time.Time // when the farm stopped answering
	downs    map[string][]span
	history  *history
	groups   map[string]int // of targets, as the history has them
	tally    tally
	findings []finding
	missing  []finding
	gapsBy   map[int][]gap // by process
	oldest   time.Duration // of what a kill took, its age at the kill
	pushed   pushTally
	turns    []time.Time // of the sink: what it answers just then may be cut off
}

func (c *checker) find(kind, where, format string, args ...any) {
	c.findings = append(c.findings, finding{kind, where, fmt.Sprintf(format, args...)})
}

// run checks all series, then what the collector said of itself.
func (c *checker) run(all []*series) {
	c.gapsBy = map[int][]gap{}
	for _, s := range all {
		s.mu.Lock()
		c.series(s)
		s.mu.Unlock()
	}
	dropped := int64(0)
	for _, p := range c.procs {
		dropped += p.samples.last.lost()
		c.proc(p)
	}
	// Which profiles were dropped is not told, only how many. What was delivered and never answered may be among them.
	if int64(len(c.missing)) <= dropped {
		c.tally.Dropped = len(c.missing)
	} else {
		c.tally.Missing = len(c.missing)
		c.findings = append(c.findings, c.missing...)
	}
}

func (c *checker) proc(p *proc) {
	where := fmt.Sprintf("process %d", p.number)
	s := &p.samples
	if s.worst != "" {
		c.find("identity", where, "offered + recovered is not sent + dropped + queued + in flight: %s", s.worst)
	}
	if s.before != "" {
		c.find("books", where, "profiles before the queue do not balance: %s", s.before)
	}
	if s.skipped > 0 {
		c.find("missed tick", where, "the collector says that it skipped %d", s.skipped)
	}
	if s.failures > 0 && len(c.downs) == 0 {
		c.find("failed scrape", where, "%d", s.failures)
	}
	if s.gapsFrom.IsZero() {
		return // it never got so far as to answer
	}
	least, most := 0, 0
	for _, g := range c.gapsBy[p.number] {
		if most++; g.sure && g.after.Before(s.gapsFrom.Add(-c.margin)) {
			least++
		}
	}
	if !s.gapsSeen && least > 0 { // none is sure when the answer may be older than all of them
		c.find("gaps", where, "stoker_delta_gaps_total is not in /metrics, want %d to %d", least, most)
	} else if int(s.gaps) < least || int(s.gaps) > most {
		c.find("gaps", where, "stoker_delta_gaps_total is %v, the ledger counts %d to %d", s.gaps, least, most)
	}
}

func (c *checker) series(s *series) {
	c.findings = append(c.findings, s.faults...)
	c.tally.Resent += s.resent
	c.ticks(s)
	for _, b := range s.bodies {
		if !b.arrived.IsZero() {
			b.whole = true // the collector has read more than the farm could know
			if b.base >= 0 {
				s.bodies[b.base].whole = true
			}
		}
	}
	var served []int
	for i, b := range s.bodies {
		if b.whole {
			served = append(served, i)
		}
	}
	c.tally.Served += len(served)
	w := walk{checker: c, s: s, served: served}
	w.fates()
	if s.cumulative() {
		w.cover()
		w.edges()
		w.sums()
	}
}

// ticks looks for intervals without a request, per process and while the target was there.
func (c *checker) ticks(s *series) {
	byProc := map[int][]time.Time{}
	for _, r := range s.requests {
		byProc[r.proc] = append(byProc[r.proc], r.at)
	}
	for _, p := range c.procs {
		if p.ready.IsZero() {
			continue
		}
		end := p.ended
		for _, earlier := range []time.Time{p.asked, c.closed} {
			if !earlier.IsZero() && (end.IsZero() || earlier.Before(end)) {
				end = earlier
			}
		}
		last := p.ready
		for n, at := range append(byProc[p.number], end) {
			wait, interval := at.Sub(last), c.intervalOf(s.target, at)
			if wait > interval*3/2 && !c.down(s.target, last, at) {
				missed := int(wait.Round(interval)/interval) - 1
				c.tally.Missed += missed
				c.find("missed tick", s.name(), "process %d (ready %s): no scrape from %s to %s", p.number, clock(p.ready), clock(last), clock(at))
			}
			if n > 0 && wait < interval/2 && at.Before(end) && c.history != nil && !c.history.changed(s.target, last, at) {
				c.find("scraped twice", s.name(), "%s and %s", clock(last), clock(at))
			}
			if at.Before(end) && c.history != nil && c.history.gone(s.target, at) {
				c.find("scraped after its removal", s.name(), "at %s", clock(at))
			}
			last = at
		}
	}
}

func (c *checker) intervalOf(target string, at time.Time) time.Duration {
	if c.history != nil {
		if interval := c.history.interval(c.groups[target], at); interval > 0 {
			return interval
		}
	}
	return c.interval
}

func (c *checker) down(target string, from, to time.Time) bool {
	for _, d := range c.downs[target] {
		if d.from.Before(to) && d.to.After(from) {
			return true
		}
	}
	return c.history != nil && (c.history.changed(target, from, to) || c.history.gone(target, to))
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05.000") }
