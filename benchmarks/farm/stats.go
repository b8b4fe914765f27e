package main

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// A stats answer; Types goes by the collector's name of the profile type.
type stats struct {
	Targets    int                   `json:"targets"`
	IntervalMS int64                 `json:"interval_ms"`
	SinceReset int64                 `json:"since_reset_ms"`
	Total      counts                `json:"total"`
	Types      map[string]*typeStats `json:"types"`
}

type typeStats struct {
	counts
	Loops int   `json:"loops"` // targets that were ever asked for this type
	Min   int64 `json:"requests_min"`
	Max   int64 `json:"requests_max"` // of one target, among those ever asked
}

// A control serves /stats and /reset for all targets.
type control struct {
	targets  []*target
	interval time.Duration
	mu       sync.Mutex
	since    time.Time
}

func (c *control) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(c.read(time.Now()))
	})
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.since = time.Now()
		for _, t := range c.targets {
			for _, l := range t.loops {
				l.reset()
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func (c *control) read(now time.Time) stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := stats{
		Targets: len(c.targets), IntervalMS: c.interval.Milliseconds(), SinceReset: now.Sub(c.since).Milliseconds(),
		Types: map[string]*typeStats{},
	}
	for _, t := range c.targets {
		for _, l := range t.loops {
			s := out.Types[l.series.kind.name]
			if s == nil {
				s = &typeStats{}
				out.Types[l.series.kind.name] = s
			}
			n, asked := l.read(now, c.interval)
			s.add(n)
			out.Total.add(n)
			if asked {
				if s.Loops == 0 || n.Requests < s.Min {
					s.Min = n.Requests
				}
				s.Max = max(s.Max, n.Requests)
				s.Loops++
			}
		}
	}
	return out
}
