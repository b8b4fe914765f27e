package main

import (
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/google/pprof/profile"
)

// A series is one profile type of one target: what was served of it, in order, and what of that was delivered.
// The farm writes one half and the sink the other; check reads both when the run is over.
type series struct {
	target string
	prog   *program
	salt   uint64

	mu       sync.Mutex
	life     int // of the target's process, from 0
	n        int // bodies of this life
	build    int
	requests []request
	bodies   []*body
	byTime   map[int64]int
	byHash   map[uint64]int // bodies that are to arrive as they were served
	labels   string         // of the first delivery; all others have to be equal
	faults   []finding      // seen at delivery
	resent   int
}

// A request is one scrape as the farm saw it, good or not.
type request struct {
	at   time.Time
	proc int
}

// A body is one answer. proc is the collector process that asked, counted from 1.
type body struct {
	n, life, build, proc int
	time                 int64 // time_nanos, unlike that of all other bodies of the series
	done                 time.Time
	whole                bool // the answer was written to its end

	arrived time.Time // first delivery; zero = not delivered
	hash    uint64    // of the delivered bytes
	base    int       // index of the body it was subtracted from, noBase or asServed
	sums    [4]int64  // of the delivered values, by sample type
}

const (
	noBase   = -1 // delivered as a first profile: counters zero
	asServed = -2
)

var hashSeed = maphash.MakeSeed()

func newSeries(target string, prog *program, salt uint64) *series {
	return &series{target: target, prog: prog, salt: salt, byTime: map[int64]int{}, byHash: map[uint64]int{}}
}

func (s *series) name() string     { return s.target + "/" + s.prog.shape.name }
func (s *series) cumulative() bool { return s.prog.shape.cumulative > 0 }

func (s *series) asked(now time.Time, proc int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, request{now, proc})
}

// serve makes the next body and enters it, before its bytes go out: it may come back before the writer returns.
func (s *series) serve(now time.Time, proc int, duration time.Duration) (*body, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	b := &body{n: s.n, life: s.life, build: s.build, proc: proc, time: now.UnixNano(), done: now}
	if last := len(s.bodies) - 1; last >= 0 {
		b.time = max(b.time, s.bodies[last].time+1)
	}
	raw := s.prog.body(b.n, s.salt, b.build, b.time, int64(duration))
	s.byTime[b.time] = len(s.bodies)
	if !s.cumulative() {
		s.byHash[maphash.Bytes(hashSeed, raw)] = len(s.bodies)
	}
	s.bodies = append(s.bodies, b)
	return b, raw
}

func (s *series) written(b *body, whole bool, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.whole, b.done = whole, now
}

// restart begins another life: counters at zero, perhaps another version of the code.
func (s *series) restart(newBuild bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life++
	s.n = 0
	if newBuild {
		s.build++
	}
}

// bodiesOfLife is how often the present process was scraped.
func (s *series) bodiesOfLife() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *series) fault(kind, format string, args ...any) {
	s.faults = append(s.faults, finding{Kind: kind, Where: s.name(), What: fmt.Sprintf(format, args...)})
}

// deliver enters one profile that arrived, as Pyroscope counts: equal labels and time_nanos once.
func (s *series) deliver(labels string, raw []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.labels == "" {
		s.labels = labels
	} else if s.labels != labels {
		s.fault("labels changed", "%s, before %s", labels, s.labels)
	}
	hash := maphash.Bytes(hashSeed, raw)
	if i, ok := s.byHash[hash]; ok {
		s.enter(s.bodies[i], hash, now, asServed)
		return
	}
	p, err := profile.ParseData(raw)
	if err != nil {
		s.fault("unreadable profile", "%v", err)
		return
	}
	i, ok := s.byTime[p.TimeNanos]
	if !ok {
		s.fault("never served", "a profile with time_nanos %d", p.TimeNanos)
		return
	}
	b := s.bodies[i]
	if !b.arrived.IsZero() && b.hash == hash {
		s.resent++
		return
	}
	if !s.cumulative() {
		s.fault("changed on the way", "body %d is not the bytes that were served", i)
		return
	}
	base, ok := s.base(p)
	if !ok {
		s.fault("never served", "body %d was subtracted from time_nanos %d", i, p.TimeNanos-p.DurationNanos)
		return
	}
	if s.enter(b, hash, now, base) {
		s.compare(i, p)
	}
}

// base finds from the duration of a delta which body it was subtracted from.
func (s *series) base(p *profile.Profile) (int, bool) {
	if p.DurationNanos == 0 {
		return noBase, true
	}
	i, ok := s.byTime[p.TimeNanos-p.DurationNanos]
	return i, ok
}

func (s *series) enter(b *body, hash uint64, now time.Time, base int) bool {
	if b.arrived.IsZero() {
		b.arrived, b.hash, b.base = now, hash, base
		return true
	}
	s.resent++
	if b.hash != hash {
		s.fault("resent otherwise", "body %d of life %d arrived again with other bytes", b.n, b.life)
	}
	return false
}

// compare checks a delivered delta, stack for stack, against what it says it is.
func (s *series) compare(i int, p *profile.Profile) {
	b := s.bodies[i]
	got := map[int][4]int64{}
	for _, sample := range p.Sample {
		stack, err := s.prog.stackOf(sample)
		if err != nil {
			s.fault("changed on the way", "body %d: %v", i, err)
			return
		}
		sum := got[stack]
		for v, value := range sample.Value {
			sum[v] += value
			b.sums[v] += value
		}
		got[stack] = sum
	}
	for stack := range s.prog.stacks {
		if want := s.delta(b.base, i, stack); got[stack] != want {
			s.fault("wrong values", "body %d from body %d, stack %d: %v, want %v", i, b.base, stack, got[stack], want)
			return
		}
	}
}

// delta is what body i is to bring of a stack when the collector last knew body base.
func (s *series) delta(base, i, stack int) [4]int64 {
	b := s.bodies[i]
	out := s.prog.shape.values(b.n, stack, s.salt)
	for v := range s.prog.shape.cumulative {
		if base == noBase {
			out[v] = 0
		} else if old := s.bodies[base]; old.life == b.life {
			out[v] -= s.prog.shape.values(old.n, stack, s.salt)[v]
		}
	}
	return out
}

// counters of a body: the sums of its cumulative types. n = 0 is the birth of the process.
func (s *series) counters(n int) (out [4]int64) {
	if n == 0 {
		return out
	}
	for stack := range s.prog.stacks {
		values := s.prog.shape.values(n, stack, s.salt)
		for v := range s.prog.shape.cumulative {
			out[v] += values[v]
		}
	}
	return out
}
