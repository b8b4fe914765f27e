package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func (m *model) checkWith(h *history) *checker {
	c := &checker{
		bounds: bounds{every, 3 * time.Second, time.Second}, procs: m.all, closed: m.now, history: h,
		groups: map[string]int{"t000": 0, "t001": 1},
	}
	c.run(m.farm.all())
	return c
}

// out takes a target out for two intervals; its baselines are gone when it comes again.
func (m *model) out(h *history, target string) {
	from := m.now.Add(time.Millisecond)
	h.changes[target] = append(h.changes[target], change{span{from, from.Add(time.Millisecond)}, true})
	for _, s := range m.farm.all() {
		if s.target == target {
			delete(m.base, s)
		}
	}
	m.now = m.now.Add(2 * every)
	h.changes[target] = append(h.changes[target], change{span{m.now, m.now.Add(time.Millisecond)}, false})
}

func TestCheck_whatAReloadMayDo(t *testing.T) {
	m, h := newModel(t), &history{changes: map[string][]change{}}
	m.rounds(4)
	m.out(h, "t000")
	m.out(h, "t001")
	m.rounds(4)
	h.changes["t001"][0].from = h.changes["t000"][0].from // both were out all the time
	h.changes["t000"][1].to = h.changes["t001"][1].to
	m.proc.samples.gaps = 0 // of a target that comes again the collector knows nothing
	if c := m.checkWith(h); len(c.findings) > 0 || c.tally.Gaps != 0 {
		t.Fatalf("%+v: %+v", c.tally, c.findings)
	}
}

func TestCheck_whatAReloadMayNotDo(t *testing.T) {
	for name, broke := range map[string]func(*model, *history) string{
		"a loop that went on lost its baseline": func(m *model, _ *history) string {
			delete(m.base, m.one("t000/mutex"))
			return "lost profile"
		},
		"a loop that went on missed a tick": func(m *model, _ *history) string {
			m.now = m.now.Add(every)
			return "missed tick"
		},
		"an old loop beside the new one": func(m *model, _ *history) string {
			m.one("t000/mutex").asked(m.now.Add(time.Second), 1)
			return "scraped twice"
		},
		"a loop that goes on without its target": func(m *model, h *history) string {
			h.changes["t001"] = []change{{span{m.now.Add(time.Millisecond), m.now.Add(2 * time.Millisecond)}, true}}
			return "scraped after its removal"
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, h := newModel(t), &history{changes: map[string][]change{}}
			m.rounds(4)
			want := broke(m, h)
			m.rounds(4)
			if c := m.checkWith(h); !slices.Contains(kinds(c), want) {
				t.Fatalf("%v, want %s", kinds(c), want)
			}
		})
	}
}

func TestSettings_editsAreDrawnFromTheSeed(t *testing.T) {
	f := newFarm(1, 6, 1)
	draw := func() (out []string) {
		rng, s := rand.New(rand.NewPCG(7, 5)), firstSettings(every)
		for range 40 {
			s = s.edit(rng, len(f.targets), [2]time.Duration{every, 2 * every})
			out = append(out, s.config(f, "127.0.0.1:1"))
		}
		return out
	}
	one := draw()
	if !slices.Equal(one, draw()) {
		t.Fatal("two runs of a seed differ")
	}
	if slices.Sort(one); len(slices.Compact(one)) < 20 {
		t.Fatal("hardly anything is edited")
	}
}

func TestSettings_absent(t *testing.T) {
	f, s := newFarm(1, 4, 1), firstSettings(every)
	s.out[1], s.dropped = true, 2
	text := s.config(f, "127.0.0.1:1")
	if strings.Contains(text, `"t001"`) || !strings.Contains(text, `regex = "t002", action = drop`) {
		t.Fatal(text)
	}
	for i, want := range []bool{false, true, true, false} {
		if s.absent(i) != want {
			t.Fatalf("target %d", i)
		}
	}
}
