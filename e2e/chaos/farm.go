package main

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A farm is so many fake services, each on a loopback address of its own.
type farm struct {
	targets []*target
	proc    atomic.Int64 // the collector process that is running, for the ledger
	closed  atomic.Bool  // no more bodies: every request is answered 503
}

// A target is one fake service; restart gives it another life.
type target struct {
	name, address string
	series        map[string]*series // by path
	farm          *farm

	mu     sync.Mutex
	server *http.Server
	downs  []span // when nobody listened
}

type span struct{ from, to time.Time }

// newFarm invents the services. Programs are shared by targets, in several sizes, so that a farm is small and starts
// at once; counters differ by target.
func newFarm(seed uint64, targets, port int) *farm {
	rng := rand.New(rand.NewPCG(seed, 1))
	programs := map[string][]*program{}
	for _, sh := range shapes {
		for size := range 4 {
			programs[sh.name] = append(programs[sh.name], newProgram(sh, 40+size*34, seed+uint64(size)))
		}
	}
	f := &farm{}
	for i := range targets {
		t := &target{
			name:    fmt.Sprintf("t%03d", i),
			address: fmt.Sprintf("127.77.%d.%d:%d", i/200, 1+i%200, port),
			series:  map[string]*series{},
			farm:    f,
		}
		for _, sh := range shapes {
			t.series[sh.path] = newSeries(t.name, programs[sh.name][rng.IntN(4)], rng.Uint64N(1000))
		}
		f.targets = append(f.targets, t)
	}
	return f
}

func (f *farm) start() error {
	for _, t := range f.targets {
		if err := t.listen(); err != nil {
			return err
		}
	}
	return nil
}

func (f *farm) all() (out []*series) {
	for _, t := range f.targets {
		for _, sh := range shapes {
			out = append(out, t.series[sh.path])
		}
	}
	return out
}

// byLabels finds the series of a delivered profile.
func (f *farm) byLabels() map[[2]string]*series {
	out := map[[2]string]*series{}
	for _, s := range f.all() {
		out[[2]string{s.target, s.prog.shape.name}] = s
	}
	return out
}

func (t *target) listen() error {
	l, err := net.Listen("tcp", t.address)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.server = &http.Server{Handler: t, ErrorLog: log.New(io.Discard, "", 0)}
	go func(s *http.Server) { _ = s.Serve(l) }(t.server)
	return nil
}

// restart kills the service, its connections too, and starts it again after a while.
func (t *target) restart(down time.Duration, newBuild bool) error {
	from := time.Now()
	t.mu.Lock()
	_ = t.server.Close()
	t.mu.Unlock()
	for _, s := range t.series {
		s.restart(newBuild)
	}
	time.Sleep(down)
	err := t.listen()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.downs = append(t.downs, span{from, time.Now()})
	return err
}

// settled tells that each counter of this life is past its beginnings. A process that dies before its second scrape
// cannot be told from its successor by anybody.
func (t *target) settled() bool {
	for _, s := range t.series {
		if s.cumulative() && s.bodiesOfLife() < 5 {
			return false
		}
	}
	return true
}

func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := t.series[r.URL.Path]
	if s == nil {
		http.NotFound(w, r)
		return
	}
	if t.farm.closed.Load() {
		http.Error(w, "the run is over", http.StatusServiceUnavailable)
		return
	}
	proc := int(t.farm.proc.Load())
	s.asked(time.Now(), proc)
	var wait time.Duration
	if s.prog.shape.timed {
		seconds, err := strconv.Atoi(r.FormValue("seconds"))
		if err != nil || seconds <= 0 {
			http.Error(w, "seconds must be a positive number", http.StatusBadRequest)
			return
		}
		wait = time.Duration(seconds) * time.Second
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
		if t.farm.closed.Load() {
			http.Error(w, "the run is over", http.StatusServiceUnavailable)
			return
		}
	}
	b, raw := s.serve(time.Now(), proc, wait)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	_, err := w.Write(raw)
	if err == nil {
		err = http.NewResponseController(w).Flush() // the buffered end goes out here, so its failure shows
	}
	s.written(b, err == nil, time.Now())
}
