package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/google/pprof/profile"
)

// maxBody is Pyroscope's default limit of a push message.
const maxBody = 256 << 20

type sink struct {
	delay time.Duration
	check bool
	mu    sync.Mutex
	n     counts
	since time.Time
}

// counts since the last reset.
type counts struct {
	Requests int64             `json:"requests"`  // answered 200
	Rejected int64             `json:"rejected"`  // answered anything else
	HTTP2    int64             `json:"http2"`     // of Requests
	Bytes    int64             `json:"bytes"`     // of request bodies, as sent
	Series   int64             `json:"series"`    // RawProfileSeries
	Profiles int64             `json:"profiles"`  // RawSamples
	Raw      int64             `json:"raw_bytes"` // of the profiles, as sent
	Invalid  int64             `json:"invalid"`   // profiles that do not parse; only with -check
	InFlight int64             `json:"in_flight"`
	Peak     int64             `json:"in_flight_peak"`
	Names    map[string]*named `json:"names"` // by label __name__
	SinceMS  int64             `json:"since_reset_ms"`
}

type named struct {
	Profiles int64 `json:"profiles"`
	Raw      int64 `json:"raw_bytes"`
}

func newSink(delay time.Duration, check bool) *sink {
	return &sink{delay: delay, check: check, n: counts{Names: map[string]*named{}}, since: time.Now()}
}

func (s *sink) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/push.v1.PusherService/Push", s.push)
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n.SinceMS = time.Since(s.since).Milliseconds()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.n)
	})
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n = counts{InFlight: s.n.InFlight, Peak: s.n.InFlight, Names: map[string]*named{}}
		s.since = time.Now()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func (s *sink) push(w http.ResponseWriter, r *http.Request) {
	s.count(func(n *counts) {
		n.InFlight++
		n.Peak = max(n.Peak, n.InFlight)
	})
	defer s.count(func(n *counts) { n.InFlight-- })

	p, size, status, code := receive(r)
	if status != http.StatusOK {
		s.count(func(n *counts) { n.Rejected++ })
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"code":%q,"message":"rejected by the counting sink"}`, code)
		return
	}
	invalid := int64(0)
	if s.check {
		invalid = p.invalid()
	}
	s.count(func(n *counts) {
		n.Requests++
		if r.ProtoMajor == 2 {
			n.HTTP2++
		}
		n.Bytes += size
		n.Series += int64(p.series)
		n.Invalid += invalid
		for _, sm := range p.samples {
			by := n.Names[sm.name]
			if by == nil {
				by = &named{}
				n.Names[sm.name] = by
			}
			by.Profiles++
			by.Raw += int64(len(sm.raw))
			n.Profiles++
			n.Raw += int64(len(sm.raw))
		}
	})
	time.Sleep(s.delay)
	w.Header().Set("Content-Type", "application/proto")
	w.Header().Set("Content-Length", "0")
}

// receive reads a request as Pyroscope's Connect handler does: the push and its size as sent, or a status and a Connect code.
func receive(r *http.Request) (p push, size int64, status int, code string) {
	if r.Method != http.MethodPost {
		return p, 0, http.StatusMethodNotAllowed, "unimplemented"
	}
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/proto" {
		return p, 0, http.StatusUnsupportedMediaType, "unknown"
	}
	sent := &counted{from: r.Body}
	var in io.Reader = sent
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip":
		gz, err := gzip.NewReader(in)
		if err != nil {
			return p, 0, http.StatusBadRequest, "invalid_argument"
		}
		in = gz
	default:
		return p, 0, http.StatusNotImplemented, "unimplemented"
	}
	b, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	if err != nil {
		return p, 0, http.StatusBadRequest, "invalid_argument"
	}
	if len(b) > maxBody {
		return p, 0, http.StatusTooManyRequests, "resource_exhausted"
	}
	if p, err = parsePush(b); err != nil || len(p.samples) == 0 {
		return p, 0, http.StatusBadRequest, "invalid_argument"
	}
	return p, sent.n, http.StatusOK, ""
}

func (p push) invalid() (n int64) {
	for _, s := range p.samples {
		if v, err := profile.ParseData(s.raw); err != nil || v.CheckValid() != nil || s.name == "" {
			n++
		}
	}
	return n
}

func (s *sink) count(f func(*counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.n)
}

type counted struct {
	from io.Reader
	n    int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	return n, err
}
