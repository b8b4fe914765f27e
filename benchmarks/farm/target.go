package main

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A target is one fake process: it serves all kinds, each on its own clock of generations.
type target struct {
	interval time.Duration    // the collector's, for counting ticks it missed
	length   bool             // answers carry Content-Length
	loops    map[string]*loop // by path
}

// A loop is what a target knows of the requests for one kind.
type loop struct {
	mu       sync.Mutex
	series   series
	chunk    []byte // of a recording, instead of a series' bodies
	next     int    // generation of the next answer
	last     time.Time
	profiled bool // a timed profile is running
	n        counts
}

// counts since the last reset.
type counts struct {
	Requests int64 `json:"requests"`
	Answered int64 `json:"answered"` // with a profile, all of it written
	Bytes    int64 `json:"bytes"`
	InFlight int64 `json:"in_flight"`
	Busy     int64 `json:"busy"`    // answered 500, a CPU profile was running
	Aborted  int64 `json:"aborted"` // the client went away first
	Missed   int64 `json:"missed"`  // intervals that passed without a request
	Wrapped  int64 `json:"wrapped"` // times the generations began again
}

func (c *counts) add(o counts) {
	c.Requests += o.Requests
	c.Answered += o.Answered
	c.Bytes += o.Bytes
	c.InFlight += o.InFlight
	c.Busy += o.Busy
	c.Aborted += o.Aborted
	c.Missed += o.Missed
	c.Wrapped += o.Wrapped
}

// stagger is by how many generations the targets of one series are apart at most: no two neighbours have the same
// body at the same time.
const stagger = 8

// newTarget is the n-th of all targets; series has for each kind what its builds and histories answer.
func newTarget(n int, series [][]series, interval time.Duration, length bool) *target {
	t := &target{interval: interval, length: length, loops: map[string]*loop{}}
	for _, of := range series {
		s := of[n%len(of)]
		t.loops[s.kind.path] = &loop{series: s, next: n / len(of) % stagger % len(s.bodies)}
	}
	return t
}

func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l := t.loops[r.URL.Path]
	if l == nil {
		http.NotFound(w, r)
		return
	}
	if l.chunk != nil {
		t.serveChunk(w, l)
		return
	}
	var wait time.Duration
	if l.series.kind.timed {
		seconds := 30 // net/http/pprof's default
		if s := r.FormValue("seconds"); s != "" {
			var err error
			if seconds, err = strconv.Atoi(s); err != nil || seconds <= 0 {
				http.Error(w, "seconds must be a positive number", http.StatusBadRequest)
				return
			}
		}
		wait = time.Duration(seconds) * time.Second
	}
	b, ok := l.arrive(time.Now(), t.interval)
	if !ok {
		w.Header().Set("X-Go-Pprof", "1")
		http.Error(w, "Could not enable CPU profiling: cpu profiling already in use", http.StatusInternalServerError)
		return
	}
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			l.leave(0, false)
			return
		}
	}
	stamp := l.series.stamp(time.Now().UnixNano(), int64(wait))
	size := b.size(len(stamp))
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+path.Base(r.URL.Path)+`"`)
	if t.length {
		h.Set("Content-Length", strconv.Itoa(size))
	}
	l.leave(size, t.write(w, b.answer(stamp)) == nil)
}

// piece is so small that each goes through net/http's buffer: chunks then have 2,048 bytes and packets 4 KiB, as
// those of Go's own handlers, behind which a compressor writes some hundred bytes at a time.
const piece = 1024

func (t *target) write(w http.ResponseWriter, parts [5][]byte) error {
	for _, p := range parts {
		size := piece
		if t.length {
			size = max(1, len(p))
		}
		for some := range slices.Chunk(p, size) {
			if _, err := w.Write(some); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrive counts a request and gives the body to answer; false when this target already runs a CPU profile.
func (l *loop) arrive(now time.Time, interval time.Duration) (body, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(now, interval)
	if l.series.kind.timed {
		if l.profiled {
			l.n.Busy++
			return body{}, false
		}
		l.profiled = true
	}
	l.n.InFlight++
	if l.next == len(l.series.bodies) {
		l.next = 0
		l.n.Wrapped++
	}
	b := l.series.bodies[l.next]
	l.next++
	return b, true
}

func (l *loop) count(now time.Time, interval time.Duration) {
	l.n.Requests++
	if !l.last.IsZero() {
		// A tick that comes at most half an interval late is late, not missed.
		l.n.Missed += max(0, int64(now.Sub(l.last).Round(interval)/interval)-1)
	}
	l.last = now
}

func (l *loop) leave(size int, whole bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.profiled = false
	l.n.InFlight--
	if whole {
		l.n.Answered++
		l.n.Bytes += int64(size)
	} else {
		l.n.Aborted++
	}
}

// read gives the counts with the intervals that are overdue by now; asked is false when no request ever came.
func (l *loop) read(now time.Time, interval time.Duration) (n counts, asked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = l.n
	if !l.last.IsZero() {
		n.Missed += max(0, int64(now.Sub(l.last).Round(interval)/interval)-1)
	}
	return n, !l.last.IsZero()
}

// reset starts the counts anew; what is in flight, the generation and the time of the last request stay.
func (l *loop) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n = counts{InFlight: l.n.InFlight}
}
