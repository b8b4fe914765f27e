package main

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// A model is a collector without fault on manual time; tests break it, or the books, at one place each.
type model struct {
	t    *testing.T
	farm *farm
	now  time.Time
	proc *proc
	all  []*proc
	base map[*series]int
}

const every = 5 * time.Second

func newModel(t *testing.T) *model {
	m := &model{t: t, farm: newFarm(3, 2, 0), now: time.Unix(1_790_000_000, 0), base: map[*series]int{}}
	m.begin()
	return m
}

func (m *model) begin() {
	m.proc = &proc{number: len(m.all) + 1, started: m.now, ready: m.now}
	m.all = append(m.all, m.proc)
}

// scrape is one round of all series; push tells which of the profiles are delivered.
func (m *model) scrape(push func(*series) bool) {
	m.now = m.now.Add(every)
	for _, s := range m.farm.all() {
		s.asked(m.now, m.proc.number)
		b, raw := s.serve(m.now, m.proc.number, 0)
		s.written(b, true, m.now)
		if _, known := m.base[s]; !known && len(s.bodies) > 1 && s.cumulative() {
			m.proc.samples.gaps++ // never called before the first body
		}
		if out := m.delta(s, raw); out != nil && push(s) {
			s.deliver(labelsOf(s), out, m.now)
		}
	}
	m.proc.samples.gapsSeen, m.proc.samples.gapsFrom = true, m.now.Add(2*time.Second)
}

func labelsOf(s *series) string {
	return text(map[string]string{"__name__": s.prog.shape.name, "target": s.target})
}

func all(*series) bool  { return true }
func none(*series) bool { return false }

// delta is what a collector pushes for the newest body, nil when there is nothing to push.
func (m *model) delta(s *series, raw []byte) []byte {
	if !s.cumulative() {
		return raw
	}
	p, err := profile.ParseData(raw)
	if err != nil {
		m.t.Fatal(err)
	}
	i := len(s.bodies) - 1
	base, known := m.base[s]
	if !known {
		base = noBase
	} else {
		p.DurationNanos = p.TimeNanos - s.bodies[base].time
	}
	m.base[s] = i
	moved := p.Sample[:0]
	for _, sample := range p.Sample {
		stack, err := s.prog.stackOf(sample)
		if err != nil {
			m.t.Fatal(err)
		}
		values := s.delta(base, i, stack)
		sample.Value = values[:len(s.prog.shape.types)]
		if values != [4]int64{} {
			moved = append(moved, sample)
		}
	}
	if p.Sample = moved; len(moved) == 0 {
		return nil
	}
	return write(m.t, p)
}

func write(t *testing.T, p *profile.Profile) []byte {
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// kill ends the process so long after its last scrapes.
func (m *model) kill(after time.Duration) {
	m.now = m.now.Add(after)
	m.proc.ended, m.proc.killed = m.now, true
	m.base = map[*series]int{}
	m.begin()
}

func (m *model) restart() {
	m.now = m.now.Add(time.Second)
	m.proc.asked, m.proc.ended = m.now, m.now
	m.begin()
}

func (m *model) check() *checker {
	c := &checker{bounds: bounds{every, 3 * time.Second, time.Second}, procs: m.all, closed: m.now}
	c.run(m.farm.all())
	return c
}

func (m *model) rounds(n int) {
	for range n {
		m.scrape(all)
	}
}

func (m *model) one(name string) *series {
	for _, s := range m.farm.all() {
		if s.name() == name {
			return s
		}
	}
	m.t.Fatalf("no series %s", name)
	return nil
}

func kinds(c *checker) (out []string) {
	for _, f := range c.findings {
		if !slices.Contains(out, f.Kind) {
			out = append(out, f.Kind)
		}
	}
	slices.Sort(out)
	return out
}

func TestCheck_aFaultlessCollectorHasNoFindings(t *testing.T) {
	m := newModel(t)
	m.rounds(8)
	m.restart()
	m.rounds(3)
	m.kill(time.Second)
	m.rounds(4)
	for _, s := range m.farm.targets[0].series {
		s.restart(true)
	}
	m.rounds(8)
	m.restart()
	for _, s := range m.farm.targets[1].series { // while the collector was away: its snapshot is of no use
		s.restart(false)
		delete(m.base, s)
	}
	m.rounds(3)
	c := m.check()
	if len(c.findings) > 0 {
		t.Fatalf("%+v", c.findings)
	}
	got := c.tally
	if sum := got.Delivered + got.Baseline + got.Still; got.Served != 26*10 || sum != got.Served || got.Gaps != 6+3 {
		t.Fatalf("%+v", got)
	}
}

func TestCheck_whatAKillMayTake(t *testing.T) {
	m := newModel(t)
	m.rounds(5)
	m.scrape(none)
	m.kill(3 * time.Second)
	m.rounds(5)
	c := m.check()
	if len(c.findings) > 0 || c.tally.Killed == 0 || c.tally.Gaps != 6 || c.oldest != 3*time.Second {
		t.Fatalf("%+v, oldest %s, %+v", c.tally, c.oldest, c.findings)
	}
}

// TestCheck_reports breaks one thing at a time.
func TestCheck_reports(t *testing.T) {
	forgetIn := func(name string) func(*series) bool {
		return func(s *series) bool { return s.name() != name }
	}
	for _, c := range []struct {
		name  string
		broke func(*model)
		want  []string
	}{
		{"one profile forgotten", func(m *model) { m.rounds(3); m.scrape(forgetIn("t000/goroutine")); m.rounds(3) },
			[]string{"lost profile"}},
		{"one delta forgotten", func(m *model) { m.rounds(3); m.scrape(forgetIn("t000/mutex")); m.rounds(3) },
			[]string{"lost profile"}},
		{"more lost by a kill than the bound", func(m *model) { m.rounds(5); m.scrape(none); m.kill(4100 * time.Millisecond); m.rounds(3) },
			[]string{"lost profile"}},
		{"one profile twice, a nanosecond later", func(m *model) {
			m.rounds(3)
			s := m.one("t001/memory")
			b, raw := s.serve(m.now.Add(every), 1, 0)
			s.written(b, true, m.now.Add(every))
			out := m.delta(s, raw)
			s.deliver(labelsOf(s), out, m.now)
			s.deliver(labelsOf(s), anotherTime(out), m.now)
			m.rounds(1)
		}, []string{"never served"}},
		{"an old baseline after a kill", func(m *model) {
			m.rounds(4)
			old := m.one("t000/block")
			m.kill(time.Second)
			m.base[old] = 1
			m.rounds(3)
		}, []string{"counted twice", "wrong sum"}},
		{"a baseline that stayed behind its delta", func(m *model) { m.rounds(4); m.base[m.one("t000/block")] = 2; m.rounds(3) },
			[]string{"counted twice", "wrong sum"}},
		{"no baseline after a clean stop", func(m *model) {
			m.rounds(4)
			m.restart()
			delete(m.base, m.one("t000/memory"))
			m.rounds(3)
			m.proc.samples.gaps = 0
		}, []string{"lost delta"}},
		{"a value one too high", func(m *model) {
			m.rounds(3)
			s := m.one("t000/mutex")
			b, raw := s.serve(m.now.Add(every), 1, 0)
			s.written(b, true, m.now)
			p, _ := profile.ParseData(m.delta(s, raw))
			p.Sample[0].Value[0]++
			s.deliver(labelsOf(s), write(m.t, p), m.now)
		}, []string{"wrong sum", "wrong values"}},
		{"resent with other bytes", func(m *model) {
			m.rounds(3)
			s := m.one("t000/mutex")
			b, raw := s.serve(m.now.Add(every), 1, 0)
			s.written(b, true, m.now)
			p, _ := profile.ParseData(m.delta(s, raw))
			s.deliver(labelsOf(s), write(m.t, p), m.now)
			p.Comments = []string{"other"}
			s.deliver(labelsOf(s), write(m.t, p), m.now)
		}, []string{"resent otherwise"}},
		{"other labels", func(m *model) {
			m.rounds(3)
			s := m.one("t000/goroutine")
			b, raw := s.serve(m.now.Add(every), 1, 0)
			s.written(b, true, m.now)
			s.deliver("target=other", raw, m.now)
		}, []string{"labels changed"}},
		{"a pass-through body packed anew", func(m *model) {
			m.rounds(3)
			s := m.one("t000/goroutine")
			b, raw := s.serve(m.now.Add(every), 1, 0)
			s.written(b, true, m.now)
			p, _ := profile.ParseData(raw)
			s.deliver(labelsOf(s), write(m.t, p), m.now)
		}, []string{"changed on the way", "lost profile"}},
		{"a missed tick", func(m *model) { m.rounds(2); m.now = m.now.Add(every); m.rounds(2) }, []string{"missed tick"}},
		{"skipped", func(m *model) { m.rounds(2); m.proc.samples.skipped = 1 }, []string{"missed tick"}},
		{"a gap not counted", func(m *model) { m.rounds(2); m.kill(time.Second); m.rounds(2); m.proc.samples.gaps-- }, []string{"gaps"}},
		{"a gap of what did not survive", func(m *model) { m.rounds(1); m.kill(time.Second); m.rounds(2); m.proc.samples.gaps = 0 }, nil},
		{"a gap too many", func(m *model) { m.rounds(2); m.kill(time.Second); m.rounds(2); m.proc.samples.gaps++ }, []string{"gaps"}},
		{"no metric", func(m *model) { m.rounds(2); m.kill(time.Second); m.rounds(2); m.proc.samples.gapsSeen = false }, []string{"gaps"}},
		{"the identity", func(m *model) { m.rounds(2); m.proc.samples.worst = "…" }, []string{"identity"}},
		{"the books before the queue", func(m *model) { m.rounds(2); m.proc.samples.before = "…" }, []string{"books"}},
		{"a failed scrape", func(m *model) { m.rounds(2); m.proc.samples.failures = 1 }, []string{"failed scrape"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newModel(t)
			c.broke(m)
			got := m.check()
			if !slices.Equal(kinds(got), c.want) {
				t.Fatalf("%v, want %v: %+v", kinds(got), c.want, got.findings)
			}
		})
	}
}

// TestCheck_drops: what the collector counted as dropped is no finding, but one more is.
func TestCheck_drops(t *testing.T) {
	for dropped, want := range map[int64]int{1: 0, 0: 1} {
		m := newModel(t)
		m.rounds(3)
		m.scrape(func(s *series) bool { return s.name() != "t000/goroutine" })
		m.proc.samples.last.Dropped = map[string]int64{"bytes": dropped}
		if c := m.check(); len(c.findings) != want || c.tally.Dropped+c.tally.Missing != 1 {
			t.Fatalf("dropped %d: %+v, %+v", dropped, c.tally, c.findings)
		}
	}
}

func TestIdentity_holds(t *testing.T) {
	e := endpoint{Offered: 10, Recovered: 2, Sent: 5, Dropped: map[string]int64{"age": 1, "bytes": 2}, Queued: 3, InFlight: 1}
	if !e.holds() {
		t.Fatal("does not hold")
	}
	if e.Queued--; e.holds() {
		t.Fatal("holds")
	}
}

func TestMetric_sumsItsSeries(t *testing.T) {
	page := []byte("# HELP a b\nstoker_delta_gaps_total{component=\"a\"} 3.0\nstoker_delta_gaps_total 2\nother 9\n")
	if v, seen := metric(page, "stoker_delta_gaps_total"); v != 5 || !seen {
		t.Fatal(v, seen)
	}
	if _, seen := metric(page, "absent"); seen {
		t.Fatal("seen")
	}
}
