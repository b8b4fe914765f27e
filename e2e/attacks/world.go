package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/pprof/profile"
)

const (
	goodTargets  = 100
	goodInterval = 5 * time.Second
)

// A world is all that the collector meets: good neighbours, a sink, and what an attack adds.
type world struct {
	dir       string
	admin     string // the collector's URL, once it is ready
	good      string // port of the good neighbours
	sink      string
	pushed    atomic.Int64 // profiles of good neighbours at the sink
	asked     atomic.Int64
	listeners []net.Listener
	done      chan struct{}
}

func newWorld(dir string) (*world, error) {
	w := &world{dir: dir, done: make(chan struct{})}
	l, err := w.listen("0.0.0.0")
	if err != nil {
		return nil, err
	}
	_, w.good, _ = net.SplitHostPort(l.Addr().String())
	go http.Serve(l, http.HandlerFunc(w.serveGood))
	if l, err = w.listen("127.0.0.1"); err != nil {
		return nil, err
	}
	w.sink = l.Addr().String()
	go http.Serve(l, http.HandlerFunc(w.take))
	return w, nil
}

// listen is for peers; the listener ends with the world.
func (w *world) listen(host string) (net.Listener, error) {
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, 15000+rand.IntN(15000)))
		if err == nil {
			w.listeners = append(w.listeners, l)
			return l, nil
		}
	}
	return nil, fmt.Errorf("no free port at %s", host)
}

// peer starts a hostile HTTP server that listens on every loopback address, and returns its port.
func (w *world) peer(handler http.HandlerFunc) (port string, err error) {
	l, err := w.listen("0.0.0.0")
	if err != nil {
		return "", err
	}
	_, port, _ = net.SplitHostPort(l.Addr().String())
	go http.Serve(l, handler)
	return port, nil
}

func (w *world) close() {
	close(w.done)
	for _, l := range w.listeners {
		_ = l.Close()
	}
}

// targets are the first n loopback addresses with a port, as a list of the config.
func targets(n int, port, labels string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    { \"__address__\" = \"127.0.%d.%d:%s\"%s }\n", 1+i/250, 1+i%250, port, labels)
	}
	return b.String()
}

func (w *world) config() string {
	return fmt.Sprintf(`pyroscope.scrape.good {
  targets = [
%s  ]
  scrape_interval = %s
  profiling_config { profile { process_cpu { enabled = false }, mutex { enabled = false }, block { enabled = false } } }
  forward_to = [ pyroscope.write.sink.receiver ]
}
pyroscope.write.sink { endpoint { url = "http://%s", name = "sink" } }
`, targets(goodTargets, w.good, `, "service_name" = "good-neighbour"`), goodInterval, w.sink)
}

// serveGood answers with a heap profile of 40 stacks that grows, or with as many goroutines.
func (w *world) serveGood(rw http.ResponseWriter, r *http.Request) {
	n := w.asked.Add(1)
	types := []*profile.ValueType{{Type: "goroutine", Unit: "count"}}
	if strings.Contains(r.URL.Path, "allocs") || strings.Contains(r.URL.Path, "heap") {
		types = []*profile.ValueType{
			{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"},
			{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"},
		}
	}
	p := stacks(types, 40, n)
	var b bytes.Buffer
	_ = p.Write(&b)
	rw.Header().Set("Content-Length", fmt.Sprint(b.Len()))
	_, _ = rw.Write(b.Bytes())
}

// stacks is a profile of n stacks with one frame of their own each; all values are the given one.
func stacks(types []*profile.ValueType, n int, value int64) *profile.Profile {
	p := &profile.Profile{SampleType: types, TimeNanos: time.Now().UnixNano(), PeriodType: types[0], Period: 1}
	for i := range n {
		f := &profile.Function{ID: uint64(i + 1), Name: fmt.Sprintf("main.work%d", i)}
		l := &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f, Line: 1}}}
		p.Function, p.Location = append(p.Function, f), append(p.Location, l)
		values := make([]int64, len(types))
		for j := range values {
			values[j] = value
		}
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: values})
	}
	return p
}

// take is a Pyroscope that takes everything.
func (w *world) take(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if bytes.Contains(body, []byte("good-neighbour")) {
		w.pushed.Add(1)
	}
	rw.Header().Set("Content-Type", "application/proto")
}

type goodBooks struct{ scrapes, failures, skipped, pushed int64 }

// An active is one entry of /api/v1/targets.
type active struct {
	Component   string         `json:"component"`
	Health      string         `json:"health"`
	URL         string         `json:"url"`
	ProfileType string         `json:"profile_type"`
	LastError   string         `json:"last_error"`
	Detail      map[string]any `json:"-"`
	Scrapes     int64          `json:"scrapes"`
	Failures    int64          `json:"failures"`
	Skipped     int64          `json:"skipped"`
}

func (w *world) active() ([]active, error) {
	b, err := ask(w.admin+"/api/v1/targets", 20*time.Second)
	if err != nil {
		return nil, err
	}
	var reply struct{ Active []active }
	return reply.Active, json.Unmarshal(b, &reply)
}

func (w *world) goodBooks() (goodBooks, error) {
	books := goodBooks{pushed: w.pushed.Load()}
	all, err := w.active()
	// The attack goes on, and "busy" with Retry-After: 5 is the documented answer of a queue that is full. A client that comes
	// again as it was told to has to be served.
	for tries := 0; err != nil && strings.Contains(err.Error(), "503 Service Unavailable") && tries < 3; tries++ {
		time.Sleep(5 * time.Second)
		all, err = w.active()
	}
	for _, a := range all {
		if a.Component == "pyroscope.scrape.good" {
			books.scrapes += a.Scrapes
			books.failures += a.Failures
			books.skipped += a.Skipped
		}
	}
	return books, err
}

// checkGood: nine of ten ticks bring a profile to the sink, the first of each target may still be to come.
func (w *world) checkGood(books goodBooks, length time.Duration, mayFail float64) (findings []string) {
	if float64(books.failures) > mayFail*float64(books.scrapes) {
		findings = append(findings, fmt.Sprintf("%d of %d scrapes of good targets failed: %s", books.failures, books.scrapes, w.someError()))
	}
	if want := goodTargets * 2 * int64((length-goodInterval)/goodInterval) * 9 / 10; books.scrapes < want || books.pushed < want {
		findings = append(findings, fmt.Sprintf("good targets: %d scrapes and %d profiles at the sink, want %d", books.scrapes, books.pushed, want))
	}
	return findings
}

func (w *world) someError() string {
	all, _ := w.active()
	for _, a := range all {
		if a.Component == "pyroscope.scrape.good" && a.LastError != "" {
			return a.URL + ": " + a.LastError
		}
	}
	return "none of them right now"
}

// metric is the sum of a metric's samples whose line has all the parts in it.
func (w *world) metric(name string, parts ...string) (sum float64) {
	b, _ := ask(w.admin+"/metrics", 20*time.Second)
next:
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, name+"{") && !strings.HasPrefix(line, name+" ") {
			continue
		}
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue next
			}
		}
		var value float64
		if _, err := fmt.Sscan(line[strings.LastIndexByte(strings.TrimSpace(line), ' ')+1:], &value); err == nil {
			sum += value
		}
	}
	return sum
}

func freeAddress(host string) (string, error) {
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, 15000+rand.IntN(15000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String(), nil
		}
	}
	return "", fmt.Errorf("no free port at %s", host)
}
