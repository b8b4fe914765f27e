package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

// A pushModel is clients, a collector and a sink without fault on manual time; tests break it, or the books, at one place each.
type pushModel struct {
	ledger *ledger
	now    time.Time
	proc   *proc
	all    []*proc
	turns  []time.Time
	number int
}

func newPushModel() *pushModel {
	m := &pushModel{ledger: newLedger(), now: time.Unix(1_790_000_000, 0)}
	m.begin()
	return m
}

func (m *pushModel) begin() {
	m.proc = &proc{number: len(m.all) + 1, started: m.now, ready: m.now.Add(time.Second)}
	m.now = m.now.Add(2 * time.Second)
	m.all = append(m.all, m.proc)
}

func (m *pushModel) kill(after time.Duration) {
	m.now = m.now.Add(after)
	m.proc.ended, m.proc.killed = m.now, true
	m.now = m.now.Add(time.Second)
	m.begin()
}

// A sent is one push of two profiles.
type sent struct {
	m      *pushModel
	q      *pushRequest
	labels []string
	bodies [][]byte
}

func (m *pushModel) enter() sent {
	m.now = m.now.Add(2 * time.Second)
	m.number++
	s := sent{m: m, labels: []string{"part=0", "part=1"}}
	for _, l := range s.labels {
		s.bodies = append(s.bodies, []byte(fmt.Sprintf("profile %d with %s", m.number, l)))
	}
	s.q = m.ledger.enter(fmt.Sprint("push ", m.number), s.labels, s.bodies)
	return s
}

// answer is one attempt; 0 = none came. The books of the collector follow.
func (s sent) answer(status int) sent {
	a := attempt{from: s.m.now, to: s.m.now.Add(10 * time.Millisecond), status: status}
	n, door := int64(len(s.bodies)), &s.m.proc.samples.door
	switch status {
	case http.StatusOK:
		door.Received += n
		door.Offered += n
		s.m.proc.samples.last.Offered += n
	case http.StatusServiceUnavailable:
		a.retryAfter = "5"
		door.Received += n
		door.Refused += n
	}
	s.m.ledger.tried(s.q, a)
	return s
}

// cutByKill is an attempt without an answer, as the collector is killed.
func (s sent) cutByKill() sent {
	from := s.m.now
	s.m.kill(time.Second)
	s.m.ledger.tried(s.q, attempt{from: from, to: s.m.all[len(s.m.all)-2].ended.Add(time.Millisecond)})
	return s
}

// arrive delivers the profiles of these numbers; the sink answers 200.
func (s sent) arrive(parts ...int) sent {
	for _, i := range parts {
		if a := s.m.ledger.deliver(s.labels[i], s.bodies[i], s.m.now); a != nil {
			s.m.ledger.answered([]*arrival{a}, s.m.now)
		}
	}
	return s
}

func (s sent) arriveUnanswered(part int) sent {
	s.m.ledger.deliver(s.labels[part], s.bodies[part], s.m.now)
	return s
}

func (m *pushModel) good(n int) {
	for range n {
		m.enter().answer(200).arrive(0, 1)
	}
}

func (m *pushModel) check() *checker {
	c := &checker{bounds: bounds{0, 3 * time.Second, time.Second}, procs: m.all, turns: m.turns}
	c.pushes(m.ledger)
	c.doorBooks(m.ledger, m.proc)
	return c
}

func TestPushCheck_aFaultlessCollectorHasNoFindings(t *testing.T) {
	m := newPushModel()
	m.good(3)
	m.enter().answer(503).answer(503).answer(200).arrive(0, 1) // refused, and sent again
	m.enter().answer(200).arriveUnanswered(0).arrive(0, 1)     // the collector sends it again
	m.good(1)
	lost := m.enter().answer(200)
	m.enter().cutByKill().answer(200).arrive(0, 1).arrive(0, 1) // taken at both times
	again := m.enter().answer(200).arrive(0, 1)
	m.kill(time.Second)
	again.arrive(1) // delivered just before the kill
	turned := m.enter().answer(200).arrive(0, 1)
	m.turns = append(m.turns, m.now.Add(50*time.Millisecond))
	turned.arrive(0)
	m.good(2)
	// The first process was not ready yet.
	m.ledger.tried(lost.q, attempt{from: m.all[0].started, to: m.all[0].started.Add(time.Millisecond)})
	c := m.check()
	if len(c.findings) > 0 {
		t.Errorf("%+v", c.findings)
	}
	want := pushTally{Taken: 24, Delivered: 22, Killed: 2, Resent: 5, Refused: 2, Unknown: 2}
	if c.pushed != want {
		t.Errorf("%+v, want %+v", c.pushed, want)
	}
}

// TestPushCheck_reports breaks one thing at a time.
func TestPushCheck_reports(t *testing.T) {
	for _, c := range []struct {
		name  string
		broke func(*pushModel)
		want  []string
	}{
		{"nothing", func(m *pushModel) {}, nil},
		{"one profile of a push lost", func(m *pushModel) { m.enter().answer(200).arrive(1) }, []string{"lost push"}},
		{"lost, and counted as a drop", func(m *pushModel) {
			m.enter().answer(200).arrive(1)
			m.proc.samples.last.Dropped = map[string]int64{"bytes": 1}
		}, []string{"lost push"}},
		{"within what a kill may take", func(m *pushModel) { m.enter().answer(200); m.kill(3 * time.Second) }, nil},
		{"more lost by a kill than the bound", func(m *pushModel) { m.enter().answer(200); m.kill(4100 * time.Millisecond) }, []string{"lost push"}},
		{"lost after the kill", func(m *pushModel) { m.kill(time.Second); m.enter().answer(200) }, []string{"lost push"}},
		{"lost by a clean stop", func(m *pushModel) {
			m.enter().answer(200)
			m.proc.asked, m.proc.ended = m.now, m.now.Add(time.Second)
		}, []string{"lost push"}},
		{"never taken", func(m *pushModel) { m.enter().answer(503) }, []string{"never taken"}},
		{"refused and delivered", func(m *pushModel) { m.enter().answer(503).arrive(0) }, []string{"never taken", "refused and delivered"}},
		{"refused and delivered, and taken at the second time", func(m *pushModel) { m.enter().answer(503).arrive(0, 1).answer(200).arrive(0, 1) },
			[]string{"delivered twice"}},
		{"twice", func(m *pushModel) { m.enter().answer(200).arrive(0, 1).arrive(1) }, []string{"delivered twice"}},
		{"twice, and long before a kill", func(m *pushModel) {
			s := m.enter().answer(200).arrive(0, 1)
			m.kill(4100 * time.Millisecond)
			s.arrive(0)
		}, []string{"delivered twice"}},
		{"twice, just before a kill", func(m *pushModel) {
			s := m.enter().answer(200).arrive(0, 1)
			m.kill(time.Second)
			s.arrive(0)
		}, nil},
		{"three times after one lost answer", func(m *pushModel) {
			m.enter().cutByKill().answer(200).arrive(0, 1).arrive(0).arrive(0)
		}, []string{"delivered twice"}},
		{"never pushed", func(m *pushModel) { m.ledger.deliver("part=0", []byte("other"), m.now) }, []string{"never pushed"}},
		{"other labels", func(m *pushModel) {
			s := m.enter().answer(200).arrive(1)
			m.ledger.deliver("part=7", s.bodies[0], m.now)
		}, []string{"labels changed"}},
		{"no time to wait", func(m *pushModel) {
			s := m.enter().answer(503).answer(200).arrive(0, 1)
			s.q.attempts[0].retryAfter = ""
		}, []string{"no Retry-After"}},
		{"another answer", func(m *pushModel) { m.enter().answer(500).answer(200).arrive(0, 1) }, []string{"refused"}},
		{"no answer", func(m *pushModel) { m.enter().answer(0).answer(200).arrive(0, 1) }, []string{"no answer"}},
		{"under way at the end", func(m *pushModel) { m.proc.samples.door.Received++ }, []string{"books"}},
		{"one not counted", func(m *pushModel) { m.proc.samples.door.Received--; m.proc.samples.door.Offered-- }, []string{"books"}},
		{"one counted that nobody sent", func(m *pushModel) { m.proc.samples.door.Received++; m.proc.samples.door.Offered++ }, []string{"books"}},
		{"a refusal that nobody has seen", func(m *pushModel) { m.proc.samples.door.Received++; m.proc.samples.door.Refused++ }, []string{"books"}},
		{"the queue was offered less beside scrapes", func(m *pushModel) { m.proc.samples.scraped = 1 }, []string{"books"}},
		{"the queue was offered less", func(m *pushModel) { m.proc.samples.last.Offered-- }, []string{"books"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newPushModel()
			m.good(3)
			c.broke(m)
			m.good(2)
			got := m.check()
			if !slices.Equal(kinds(got), c.want) {
				t.Fatalf("%v, want %v: %+v", kinds(got), c.want, got.findings)
			}
		})
	}
}
