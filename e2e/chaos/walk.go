package main

import (
	"strconv"
	"time"
)

// A gap of one series that the collector should have counted.
type gap struct {
	after time.Time // when the body after it was answered
	sure  bool      // see survived
}

// A walk goes through what was served of one series, in order. An edge is the way from one served body to the next:
// edge k leads to served[k], edge 0 from the birth of the first process that was seen.
type walk struct {
	*checker
	s      *series
	served []int
	fate   []fate
	covers []int // how many delivered deltas bring edge k
}

type fate int

const (
	delivered fate = iota
	baseline
	still
	killed
	cutShort
	lost
)

func (w *walk) body(k int) *body { return w.s.bodies[w.served[k]] }

// fates tells what became of each body, and counts the gaps: a first profile that had a predecessor.
func (w *walk) fates() {
	known := false // the collector has a baseline
	for k := range w.served {
		b := w.body(k)
		known = known && !w.baselineLost(k)
		first := w.s.cumulative() && !known && (b.arrived.IsZero() || b.base == noBase)
		known = true
		if first && k > 0 && w.gapIsCounted(k) {
			w.tally.Gaps++
			w.gapsBy[b.proc] = append(w.gapsBy[b.proc], gap{b.done, w.survived(k)})
		}
		w.fate = append(w.fate, w.fateOf(k, first))
	}
}

// survived: something of the series before body k. A gap begins with the last scrape that survived a kill; of a series
// whose every scrape is within what a kill may take, the next process may know nothing.
func (w *walk) survived(k int) bool {
	for j := range k {
		b := w.body(j)
		if p := w.procs[b.proc-1]; !p.killed || b.done.Before(p.ended.Add(-w.loss)) {
			return true
		}
	}
	return false
}

// baselineLost: by a kill since the body before; or the snapshot of a clean stop is of another life of the target.
func (w *walk) baselineLost(k int) bool {
	before, b := w.body(k-1), w.body(k)
	return w.gapIsCounted(k) || w.history != nil && w.history.absent(w.s.target, before.done, b.done)
}

// gapIsCounted: the collector knows that it had a baseline; of a target that comes again it does not.
func (w *walk) gapIsCounted(k int) bool {
	before, b := w.body(k-1), w.body(k)
	for number := before.proc; number < b.proc; number++ {
		if w.procs[number-1].killed {
			return true
		}
	}
	return before.proc != b.proc && before.life != b.life
}

func (w *walk) fateOf(k int, first bool) fate {
	b, p := w.body(k), w.procs[w.body(k).proc-1]
	unsent := w.s.cumulative() && !w.s.prog.shape.sentWhenStill()
	switch {
	case !b.arrived.IsZero():
		w.tally.Delivered++
		return delivered
	case unsent && first:
		w.tally.Baseline++
		return baseline
	case unsent && !w.moves(k):
		w.tally.Still++
		return still
	case p.killed && b.done.After(p.ended.Add(-w.loss-w.margin)):
		w.tally.Killed++
		w.oldest = max(w.oldest, p.ended.Sub(b.done))
		return killed
	case !p.asked.IsZero() && b.done.After(p.asked.Add(-300*time.Millisecond)):
		w.tally.Cut++
		return cutShort
	case w.history != nil && w.history.changed(w.s.target, b.done.Add(-300*time.Millisecond), b.done.Add(300*time.Millisecond)):
		w.tally.Cut++
		return cutShort
	default:
		age := "its process was not killed"
		if p.killed {
			age = p.ended.Sub(b.done).Round(time.Millisecond).String() + " before its process was killed"
		}
		w.missing = append(w.missing, finding{"lost profile", w.s.name(),
			"answered to process " + strconv.Itoa(b.proc) + " at " + clock(b.done) + ", " + age})
		return lost
	}
}

// moves tells whether any counter grew on edge k.
func (w *walk) moves(k int) bool {
	zero := [4]int64{}
	return w.growth(k) != zero
}

// growth of the counters on edge k. A new life grows from zero.
func (w *walk) growth(k int) [4]int64 {
	b, from := w.body(k), 0
	if k > 0 && w.body(k-1).life == b.life {
		from = w.body(k - 1).n
	}
	out, before := w.s.counters(b.n), w.s.counters(from)
	for v := range out {
		out[v] -= before[v]
	}
	return out
}

// cover marks which edges the delivered deltas bring.
func (w *walk) cover() {
	w.covers = make([]int, len(w.served))
	at := map[int]int{}
	for k, i := range w.served {
		at[i] = k
	}
	for k := range w.served {
		b := w.body(k)
		if b.arrived.IsZero() || b.base < 0 {
			continue
		}
		from := at[b.base] + 1
		if from > k {
			w.find("wrong values", w.s.name(), "body %d was subtracted from the later body %d", w.served[k], b.base)
			continue
		}
		for e := k; e >= from && w.body(e).life == b.life; e-- {
			w.covers[e]++
		}
	}
}

// edges finds what is brought twice, and what is brought by no delta and is no gap.
func (w *walk) edges() {
	for k, covers := range w.covers {
		if !w.moves(k) {
			continue
		}
		b := w.body(k)
		if covers > 1 {
			w.find("counted twice", w.s.name(), "%v of body %d, %s, is in %d deltas", w.growth(k), w.served[k], clock(b.done), covers)
		}
		if covers > 0 || w.fate[k] == killed || w.fate[k] == lost || w.gapBefore(k) {
			continue
		}
		w.find("lost delta", w.s.name(), "%v of body %d (process %d, life %d), %s, is in no delta and no gap",
			w.growth(k), w.served[k], b.proc, b.life, clock(b.done))
	}
}

// gapBefore: a first profile, whose counters have no predecessor.
func (w *walk) gapBefore(k int) bool {
	if w.fate[k] == baseline || k == 0 {
		return true
	}
	if w.fate[k] == cutShort { // its delta would be in the next one, if the target had lived
		return k+1 == len(w.served) || w.body(k+1).life != w.body(k).life || w.baselineLost(k+1)
	}
	return w.fate[k] == delivered && w.body(k).base == noBase && w.baselineLost(k)
}

// sums adds up each life of the target: what was delivered and what is in gaps is what the process counted.
func (w *walk) sums() {
	type books struct{ got, open, want [4]int64 }
	lives := map[int]*books{}
	for k := range w.served {
		b := w.body(k)
		l := lives[b.life]
		if l == nil {
			l = &books{}
			lives[b.life] = l
		}
		l.want = w.s.counters(b.n)
		growth := w.growth(k)
		for v := range w.s.prog.shape.cumulative {
			if !b.arrived.IsZero() {
				l.got[v] += b.sums[v]
			}
			if w.covers[k] == 0 {
				l.open[v] += growth[v]
			}
		}
	}
	for life, l := range lives {
		for v := range w.s.prog.shape.cumulative {
			if l.got[v]+l.open[v] != l.want[v] {
				w.find("wrong sum", w.s.name(), "life %d, %s: delivered %d, gaps %d, but served %d",
					life, w.s.prog.shape.types[v][0], l.got[v], l.open[v], l.want[v])
			}
		}
	}
}
