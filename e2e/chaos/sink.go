package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"dev.stoker/e2e/pushv1"
	"github.com/google/pprof/profile"
)

// A mode is what the sink does with a push.
type mode string

const (
	ok         mode = "ok"
	refuse     mode = "refuse"     // nobody listens, connections are gone
	fail500    mode = "500"        // and nothing is kept
	hang       mode = "hang"       // no answer
	reset      mode = "reset"      // RST in the middle of the request
	unanswered mode = "unanswered" // kept, and the connection is closed before the answer
	throttle   mode = "429"
	retryAfter mode = "429+Retry-After" // of one second
	slow       mode = "slow"            // kept, answered after some seconds
	lottery    mode = "lottery"         // one push in six meets one of the others
)

var lots = []mode{fail500, reset, unanswered, throttle, slow}

// A sink stands in for Pyroscope. What it has got outlives its restarts, as a disk would.
type sink struct {
	address  string
	series   map[[2]string]*series
	sabotage string  // "forget" or "double", to see that the harness notices
	pushed   *ledger // of what clients push to the collector; nil = nobody does

	mu       sync.Mutex
	rng      *rand.Rand
	mode     mode
	changed  chan struct{} // closed at the next change of mode
	server   *http.Server
	faults   []finding
	pushes   int
	byMode   map[mode]int
	accepted int // answered 200
	bytes    int64
	firstOK  time.Time // first push kept since the last change to ok
	turns    []time.Time
}

func newSink(address string, byLabels map[[2]string]*series, seed uint64) *sink {
	return &sink{
		address: address, series: byLabels, mode: refuse, changed: make(chan struct{}),
		rng: rand.New(rand.NewPCG(seed, 2)), byMode: map[mode]int{},
	}
}

// turn changes the mode; what hangs is let go.
func (s *sink) turn(m mode) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	s.mode = m
	s.turns = append(s.turns, time.Now())
	s.firstOK = time.Time{}
	if m == refuse {
		if s.server != nil {
			_ = s.server.Close()
			s.server = nil
		}
		return nil
	}
	if s.server != nil {
		return nil
	}
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		return err
	}
	s.server = &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	go func(srv *http.Server) { _ = srv.Serve(l) }(s.server)
	return nil
}

func (s *sink) stop() { _ = s.turn(refuse) }

func (s *sink) draw() (mode, <-chan struct{}, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mode
	if m == lottery {
		m = ok
		if s.rng.IntN(6) == 0 {
			m = lots[s.rng.IntN(len(lots))]
		}
	}
	s.pushes++
	s.byMode[m]++
	return m, s.changed, time.Duration(1000+s.rng.IntN(4000)) * time.Millisecond
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m, changed, wait := s.draw()
	if m == reset {
		_, _ = io.CopyN(io.Discard, r.Body, 2000)
		cut(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone, most likely killed
	}
	switch m {
	case refuse: // the mode changed while the request came in
		cut(w)
	case fail500:
		answer(w, http.StatusInternalServerError, "internal")
	case throttle:
		answer(w, http.StatusTooManyRequests, "resource_exhausted")
	case retryAfter:
		w.Header().Set("Retry-After", "1")
		answer(w, http.StatusTooManyRequests, "resource_exhausted")
	case hang:
		select {
		case <-changed:
		case <-r.Context().Done():
		}
		cut(w)
	case unanswered:
		s.keep(body)
		cut(w)
	default:
		kept, status := s.keep(body)
		if status != http.StatusOK {
			answer(w, status, "invalid_argument")
			return
		}
		if m == slow {
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
				return
			}
		}
		s.mu.Lock()
		s.accepted++
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/proto")
		w.Header().Set("Content-Length", "0")
		if s.pushed != nil {
			s.pushed.answered(kept, time.Now())
		}
	}
}

func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"code":%q,"message":"by order of the chaos harness"}`, code)
}

// cut ends the connection with a RST.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// keep enters the profiles of a push in the ledger.
func (s *sink) keep(body []byte) (kept []*arrival, status int) {
	pushes, err := pushv1.Parse(body)
	if err != nil || len(pushes) == 0 {
		s.fault("malformed push", fmt.Sprintf("%d bytes: %v", len(body), err))
		return nil, http.StatusBadRequest
	}
	now := time.Now()
	s.mu.Lock()
	s.bytes += int64(len(body))
	if s.firstOK.IsZero() {
		s.firstOK = now
	}
	forget, double := s.sabotage == "forget" && s.accepted > 50, s.sabotage == "double" && s.accepted > 50
	if forget || double {
		s.sabotage = ""
	}
	s.mu.Unlock()
	for _, p := range pushes {
		if s.pushed != nil && p.Labels["pusher"] != "" {
			kept = append(kept, s.keepPushed(p, now, forget, double)...)
			continue
		}
		series := s.series[[2]string{p.Labels["target"], p.Labels["__name__"]}]
		if series == nil {
			s.fault("never served", "series "+text(p.Labels))
			continue
		}
		if forget {
			continue
		}
		series.deliver(text(p.Labels), p.Raw, now)
		if double {
			series.deliver(text(p.Labels), anotherTime(p.Raw), now)
		}
	}
	return kept, http.StatusOK
}

func (s *sink) keepPushed(p pushv1.Profile, now time.Time, forget, double bool) (kept []*arrival) {
	if forget {
		return nil
	}
	kept = append(kept, s.pushed.deliver(text(p.Labels), p.Raw, now))
	if double {
		kept = append(kept, s.pushed.deliver(text(p.Labels), p.Raw, now))
	}
	return slices.DeleteFunc(kept, func(a *arrival) bool { return a == nil })
}

// anotherTime is the profile a nanosecond later: to Pyroscope one more.
func anotherTime(raw []byte) []byte {
	p, err := profile.ParseData(raw)
	if err != nil {
		return raw
	}
	p.TimeNanos++
	var out bytes.Buffer
	_ = p.Write(&out)
	return out.Bytes()
}

func (s *sink) fault(kind, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, finding{Kind: kind, Where: "sink", What: what})
}

func text(labels map[string]string) string {
	var out []string
	for k, v := range labels {
		if k == editLabel || k == profileLabel {
			continue
		}
		out = append(out, k+"="+v)
	}
	sort.Strings(out)
	return strings.Join(out, ",")
}
