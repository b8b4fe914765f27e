package main

import (
	"fmt"
	"net/http"
	"time"
)

// A pushTally is what became of the profiles that were pushed: taken is the sum of delivered, killed and missing.
type pushTally struct {
	Taken     int `json:"taken"` // answered 200
	Delivered int `json:"delivered"`
	Killed    int `json:"lost_by_kill"` // within the loss bound
	Missing   int `json:"missing"`      // none of these
	Resent    int `json:"resent"`       // the same labels, time and bytes once more, which Pyroscope counts once
	Refused   int `json:"refused"`      // requests answered 503, which their clients sent again
	Unknown   int `json:"unknown"`      // requests without an answer, which their clients sent again
}

// pushes holds what clients have sent, and what they were answered, against what has arrived.
func (c *checker) pushes(l *ledger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.findings = append(c.findings, l.faults...)
	for _, q := range l.requests {
		c.answers(q)
		taken, ok := q.accepted()
		arrived := 0
		for _, p := range q.profiles {
			if ok {
				c.pushed.Taken++
				c.takenPush(q, p, taken)
			}
			if len(p.arrivals) > 0 {
				arrived++
				c.repeats(q, p)
			}
		}
		if !ok {
			c.find("never taken", q.name, "sent %d times, never answered 200", len(q.attempts))
			if arrived > 0 && q.unknown() == 0 {
				c.find("refused and delivered", q.name, "%d of its %d profiles have arrived", arrived, len(q.profiles))
			}
		}
	}
}

// answers are 200, or 503 with a time to wait. None comes only from a process that is not there.
func (c *checker) answers(q *pushRequest) {
	for _, a := range q.attempts {
		switch a.status {
		case http.StatusOK:
		case http.StatusServiceUnavailable:
			c.pushed.Refused++
			if a.retryAfter == "" || a.retryAfter == "0" {
				c.find("no Retry-After", q.name, "503 at %s: %s", clock(a.to), a.problem)
			}
		case 0:
			c.pushed.Unknown++
			if c.up(a.from, a.to) {
				c.find("no answer", q.name, "from %s to %s, while the collector was there: %s", clock(a.from), clock(a.to), a.problem)
			}
		default:
			c.find("refused", q.name, "answered %d at %s: %s", a.status, clock(a.to), a.problem)
		}
	}
}

// up tells whether one process was ready and stayed through all of that time.
func (c *checker) up(from, to time.Time) bool {
	for _, p := range c.procs {
		end := p.ended
		if !p.asked.IsZero() {
			end = p.asked
		}
		if !p.ready.IsZero() && p.ready.Before(from) && (end.IsZero() || to.Before(end)) {
			return true
		}
	}
	return false
}

func (c *checker) takenPush(q *pushRequest, p *pushed, taken attempt) {
	if len(p.arrivals) > 0 {
		c.pushed.Delivered++
		return
	}
	for _, proc := range c.procs {
		// It may have been taken at any time between the two moments that its client knows.
		if proc.killed && proc.started.Before(taken.to) && taken.from.Before(proc.ended) &&
			taken.to.After(proc.ended.Add(-c.loss-c.margin)) {
			c.pushed.Killed++
			c.oldest = max(c.oldest, proc.ended.Sub(taken.to))
			return
		}
	}
	// Not forgiven when the collector has counted a drop: nothing may push out what was answered with 200.
	c.pushed.Missing++
	age := "no process was killed later"
	for _, proc := range c.procs {
		if proc.killed && proc.ended.After(taken.to) {
			age = fmt.Sprintf("%s before process %d was killed", proc.ended.Sub(taken.to).Round(time.Millisecond), proc.number)
			break
		}
	}
	c.find("lost push", q.name, "%s: taken at %s, %s", p.labels, clock(taken.to), age)
}

// repeats looks at what has arrived several times. Each time that a client got no answer may have made one more of it. The
// collector itself sends a profile again when it has not seen the answer, or was killed before it had noted it.
func (c *checker) repeats(q *pushRequest, p *pushed) {
	unexplained := 0
	for i, a := range p.arrivals[1:] {
		c.pushed.Resent++
		before := p.arrivals[i]
		if !c.unanswered(before) && !c.killedBetween(before.at, a.at) {
			unexplained++
		}
	}
	if unexplained > q.unknown() {
		c.find("delivered twice", q.name, "%s arrived %d times (%s), %d of them without a reason", p.labels,
			len(p.arrivals), moments(p.arrivals), unexplained-q.unknown())
	}
}

// unanswered: by order, or cut off by a turn of the sink.
func (c *checker) unanswered(a *arrival) bool {
	if a.answered.IsZero() {
		return true
	}
	for _, turn := range c.turns {
		if turn.After(a.answered.Add(-c.margin)) && turn.Before(a.answered.Add(c.margin)) {
			return true
		}
	}
	return false
}

// killedBetween: so soon after the first delivery that nothing on disk says of it.
func (c *checker) killedBetween(first, second time.Time) bool {
	for _, p := range c.procs {
		if p.killed && p.ended.After(first.Add(-c.margin)) && p.ended.Before(second) && p.ended.Sub(first) < c.loss+c.margin {
			return true
		}
	}
	return false
}

func moments(list []*arrival) (out string) {
	for i, a := range list {
		if i > 0 {
			out += ", "
		}
		out += clock(a.at)
	}
	return out
}

// doorBooks compares what the clients know of a process with its books at its end, when nothing was under way.
func (c *checker) doorBooks(l *ledger, p *proc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken, refused, unknown := int64(0), int64(0), int64(0)
	for _, q := range l.requests {
		for _, a := range q.attempts {
			switch n := int64(len(q.profiles)); {
			case a.to.Before(p.started):
			case a.status == 0 || a.from.Before(p.started):
				unknown += n
			case a.status == http.StatusOK:
				taken += n
			case a.status == http.StatusServiceUnavailable:
				refused += n
			}
		}
	}
	books, where := p.samples.door, fmt.Sprintf("process %d", p.number)
	if books.Received != books.Offered+books.RuledOut+books.Empty+books.Refused+books.Failed {
		c.find("books", where, "%+v: something is under way when all clients have their answers", books)
	}
	if books.Offered < taken || books.Offered > taken+unknown {
		c.find("books", where, "the receiver has handed on %d, clients count %d taken and %d unknown", books.Offered, taken, unknown)
	}
	if books.Refused > refused+unknown { // a 503 for lack of memory comes before the profiles are known
		c.find("books", where, "the receiver has refused %d, clients count %d refused and %d unknown", books.Refused, refused, unknown)
	}
	// Scrapes go on after what is compared was seen, so with them the endpoint may have been offered more.
	handed := books.Offered + p.samples.scraped
	if e := p.samples.last; e.Offered < handed || p.samples.scraped == 0 && e.Offered > handed {
		c.find("books", where, "receiver and scrapes have handed on %d, the endpoint was offered %d", handed, e.Offered)
	}
}
