package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"time"
)

// figures are named numbers; the unit is in the name.
type figures struct {
	mu sync.Mutex
	m  map[string]float64
}

func (f *figures) set(name string, v float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.m == nil {
		f.m = map[string]float64{}
	}
	f.m[name] = v
}

func (f *figures) get(name string) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.m[name]
}

func (f *figures) add(name string, v float64) { f.set(name, f.get(name)+v) }

// measure derives the figures of a run, and asserts those that the scenario promises.
func (r *run) measure(c *checker) {
	r.figures.set("run_s", time.Since(r.daemon.procs[0].started).Seconds())
	r.figures.set("processes", float64(len(r.daemon.procs)))
	r.figures.set("kills", float64(r.kills()))
	r.figures.set("pushes", float64(r.sink.pushes))
	r.figures.set("pushes_accepted", float64(r.sink.accepted))
	r.figures.set("pushed_mb", float64(r.sink.bytes)/1e6)
	r.figures.set("oldest_lost_by_kill_s", c.oldest.Seconds())
	samples, recovered, slowest := 0, int64(0), time.Duration(0)
	for _, p := range r.daemon.procs {
		samples += p.samples.count
		recovered += p.samples.last.Recovered
		if !p.ready.IsZero() {
			slowest = max(slowest, p.ready.Sub(p.started))
		}
	}
	r.figures.set("identity_samples", float64(samples))
	r.figures.set("recovered_profiles", float64(recovered))
	r.figures.set("slowest_start_s", slowest.Seconds())
	r.memory()
	if r.outageFor > 0 && len(r.stops) == 0 {
		r.fresh()
	}
	if r.queue == smallQueue && c.pushed.Refused == 0 {
		r.find("not tried", "no push was answered 503, so nothing was learned of it")
	}
}

func (r *run) kills() (n int) {
	for _, p := range r.daemon.procs {
		if p.killed {
			n++
		}
	}
	return n
}

// memory of the last process: flat means that a backlog does not show in it.
func (r *run) memory() {
	const mb = 1e6
	p := r.daemon.now()
	peak := int64(0)
	for _, q := range r.daemon.procs {
		for _, m := range q.samples.memory {
			peak = max(peak, m.bytes)
		}
	}
	r.figures.set("rss_peak_mb", float64(peak)/mb)
	if r.outageFor == 0 || len(r.stops) > 0 {
		return
	}
	within := func(from, to time.Time) (least, most int64) {
		for _, m := range p.samples.memory {
			if m.at.After(from) && m.at.Before(to) {
				if least == 0 || m.bytes < least {
					least = m.bytes
				}
				most = max(most, m.bytes)
			}
		}
		return least, most
	}
	_, before := within(p.ready, r.fault)
	_, early := within(r.fault, r.fault.Add(r.outageFor/5))
	_, late := within(r.fault.Add(r.outageFor/5), r.healed)
	_, after := within(r.healed, time.Now())
	r.figures.set("rss_before_mb", float64(before)/mb)
	r.figures.set("rss_outage_first_fifth_mb", float64(early)/mb)
	r.figures.set("rss_outage_rest_mb", float64(late)/mb)
	r.figures.set("rss_after_mb", float64(after)/mb)
	if late > early+30*mb {
		r.find("memory", "RSS grows in the outage: at most %d MB in its first fifth, %d MB later", early/mb, late/mb)
	}
}

// fresh tells how soon after the outage profiles arrived that were scraped after it.
func (r *run) fresh() {
	first, slowest := time.Duration(1<<62), time.Duration(0)
	for _, s := range r.farm.all() {
		soonest := time.Duration(1 << 62)
		for _, b := range s.bodies {
			if !b.arrived.IsZero() && b.done.After(r.healed) {
				soonest = min(soonest, b.arrived.Sub(r.healed))
			}
		}
		first, slowest = min(first, soonest), max(slowest, soonest)
	}
	r.figures.set("first_fresh_s", first.Seconds())
	r.figures.set("fresh_of_all_series_s", slowest.Seconds())
	limit := max(2*r.interval, 10*time.Second) // a down endpoint is probed every ten seconds
	if first > limit {
		r.find("fresh", "the first fresh profile came %s after the return, the limit is %s", first, limit)
	}
	if slowest > first+limit {
		r.find("fresh", "all series had a fresh profile %s after the return, %s after the first one", slowest, slowest-first)
	}
}

// A report is what a run leaves behind.
type report struct {
	Scenario string             `json:"scenario"`
	Seed     uint64             `json:"seed"`
	Date     string             `json:"date"`
	Passed   bool               `json:"passed"`
	Tally    tally              `json:"tally"`
	Pushed   pushTally          `json:"pushed"`
	Figures  map[string]float64 `json:"figures"`
	Findings []finding          `json:"findings"`
}

func (r report) text(w io.Writer) {
	t := r.Tally
	fmt.Fprintf(w, "\n%s, seed %d, %s\n", r.Scenario, r.Seed, r.Date)
	fmt.Fprintf(w, "served %d = delivered %d + baseline %d + still %d + lost by kill %d + cut by stop %d + dropped %d + missing %d\n",
		t.Served, t.Delivered, t.Baseline, t.Still, t.Killed, t.Cut, t.Dropped, t.Missing)
	fmt.Fprintf(w, "gaps %d, resent %d, missed ticks %d\n", t.Gaps, t.Resent, t.Missed)
	if p := r.Pushed; p.Taken > 0 {
		fmt.Fprintf(w, "pushed and taken %d = delivered %d + lost by kill %d + missing %d\n", p.Taken, p.Delivered, p.Killed, p.Missing)
		fmt.Fprintf(w, "requests answered 503 %d, without an answer %d; profiles resent %d\n", p.Refused, p.Unknown, p.Resent)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Figures)) {
		fmt.Fprintf(w, "  %-28s %.6g\n", name, r.Figures[name])
	}
	byKind := map[string][]finding{}
	for _, f := range r.Findings {
		byKind[f.Kind] = append(byKind[f.Kind], f)
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		fmt.Fprintf(w, "FINDING %s: %d\n", kind, len(byKind[kind]))
		for i, f := range byKind[kind] {
			if i == 5 {
				fmt.Fprintf(w, "    …\n")
				break
			}
			fmt.Fprintf(w, "    %s: %s\n", f.Where, f.What)
		}
	}
	if r.Passed {
		fmt.Fprintln(w, "passed")
	} else {
		fmt.Fprintln(w, "FAILED")
	}
}

func (r report) save(file string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}
