package main

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/http"
	"os"
	"sync"
	"time"
)

// A ledger knows all that was pushed to the collector's own door, and what of it has come to the sink. Each profile has
// a time_nanos of its own among those of its client, so its bytes tell which one it is, and it has to arrive as it was sent.
type ledger struct {
	mu       sync.Mutex
	requests []*pushRequest
	byHash   map[uint64]*pushed
	faults   []finding // seen at delivery
}

// A pushed profile.
type pushed struct {
	labels   string
	arrivals []*arrival
}

// An arrival is one delivery of a profile to the sink.
type arrival struct {
	at       time.Time
	answered time.Time // zero = kept, and the answer was withheld or cut off
}

// A pushRequest is one push with its profiles, and each time that its client has sent it.
type pushRequest struct {
	name     string
	profiles []*pushed
	attempts []attempt
}

// An attempt is one time that a push was sent. Status 0 means that no answer came: nobody knows whether it was taken.
type attempt struct {
	from, to   time.Time
	status     int
	retryAfter string
	problem    string // what the client saw, for people
}

func newLedger() *ledger { return &ledger{byHash: map[uint64]*pushed{}} }

func (q *pushRequest) accepted() (attempt, bool) {
	for _, a := range q.attempts {
		if a.status == http.StatusOK {
			return a, true
		}
	}
	return attempt{}, false
}

// unknown is how often the push was sent without an answer.
func (q *pushRequest) unknown() (n int) {
	for _, a := range q.attempts {
		if a.status == 0 {
			n++
		}
	}
	return n
}

// enter notes a push before its bytes go out: it may be at the sink before its client has an answer.
func (l *ledger) enter(name string, labels []string, bodies [][]byte) *pushRequest {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := &pushRequest{name: name}
	for i, body := range bodies {
		p := &pushed{labels: labels[i]}
		q.profiles = append(q.profiles, p)
		l.byHash[maphash.Bytes(hashSeed, body)] = p
	}
	l.requests = append(l.requests, q)
	return q
}

func (l *ledger) tried(q *pushRequest, a attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q.attempts = append(q.attempts, a)
}

// deliver notes a profile that has come to the sink; nil when it was never pushed.
func (l *ledger) deliver(labels string, raw []byte, now time.Time) *arrival {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.byHash[maphash.Bytes(hashSeed, raw)]
	if p == nil {
		l.fault("never pushed", labels, "%d bytes that no client has sent", len(raw))
		return nil
	}
	if p.labels != labels {
		l.fault("labels changed", p.labels, "it arrived as %s", labels)
	}
	a := &arrival{at: now}
	p.arrivals = append(p.arrivals, a)
	return a
}

func (l *ledger) answered(list []*arrival, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range list {
		a.answered = now
	}
}

func (l *ledger) fault(kind, where, format string, args ...any) {
	l.faults = append(l.faults, finding{kind, where, fmt.Sprintf(format, args...)})
}

// save writes all attempts and arrivals, for people who look for what went wrong.
func (l *ledger) save(file string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out bytes.Buffer
	for _, q := range l.requests {
		for _, a := range q.attempts {
			fmt.Fprintf(&out, "%s sent %s, %d at %s\n", q.name, clock(a.from), a.status, clock(a.to))
		}
		for _, p := range q.profiles {
			fmt.Fprintf(&out, "%s %s arrived %s\n", q.name, p.labels, moments(p.arrivals))
		}
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}
