package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// samples is what was seen of one process through its API while it ran.
type samples struct {
	mu       sync.Mutex
	count    int
	last     endpoint
	at       time.Time // of last
	worst    string    // first time the accounting identity did not hold
	before   string    // first time the books before the queues did not balance
	gaps     float64   // stoker_delta_gaps_total
	gapsFrom time.Time // when the last request for metrics began
	gapsSeen bool
	skipped  int64
	failures int64
	memory   []rss
	door     books // of the receiver, the last that were seen
	scraped  int64 // offered by the scrapes, seen together with them
}

type rss struct {
	at    time.Time
	bytes int64
}

// endpoint is the one entry of GET /api/v1/endpoints.
type endpoint struct {
	State       string           `json:"state"`
	Offered     int64            `json:"offered"`
	Recovered   int64            `json:"recovered"`
	Sent        int64            `json:"sent"`
	Dropped     map[string]int64 `json:"dropped"`
	Queued      int64            `json:"queued"`
	QueuedBytes int64            `json:"queued_bytes"`
	InFlight    int64            `json:"in_flight"`
	Oldest      *time.Time       `json:"oldest_queued"`
}

func (e endpoint) lost() (n int64) {
	for _, v := range e.Dropped {
		n += v
	}
	return n
}

// holds is the identity of the contract.
func (e endpoint) holds() bool {
	return e.Offered+e.Recovered == e.Sent+e.lost()+e.Queued+e.InFlight
}

var client = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func get(url string) ([]byte, error) {
	r, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, r.Status)
	}
	return b, err
}

// sample asks the process for its figures; one that was just killed does not answer, which is no fault.
func (d *daemon) sample() (endpoint, error) {
	p := d.now()
	b, err := get("http://" + d.listen + "/api/v1/endpoints")
	if err != nil {
		return endpoint{}, err
	}
	var list []endpoint
	if err := json.Unmarshal(b, &list); err != nil || len(list) != 1 {
		return endpoint{}, fmt.Errorf("/api/v1/endpoints: %v: %.300s", err, b)
	}
	memory := readRSS(p.cmd.Process.Pid)
	s := &p.samples
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.last, s.at = list[0], time.Now()
	if !list[0].holds() && s.worst == "" {
		s.worst = fmt.Sprintf("%+v", list[0])
	}
	if memory > 0 {
		s.memory = append(s.memory, rss{time.Now(), memory})
	}
	return list[0], nil
}

// sampleScrapes asks for what is more costly to answer: the state of all targets, and the metrics.
func (d *daemon) sampleScrapes() {
	p, from := d.now(), time.Now()
	if b, err := get("http://" + d.listen + "/metrics"); err == nil {
		v, seen := metric(b, "stoker_delta_gaps_total")
		p.samples.mu.Lock()
		// A component that has stopped takes its meters along while the admin server still answers: the count before stays.
		if seen || !p.samples.gapsSeen {
			p.samples.gaps, p.samples.gapsSeen, p.samples.gapsFrom = v, seen, from
		}
		p.samples.mu.Unlock()
	}
	var reply struct {
		Active []struct{ Skipped, Failures int64 }
	}
	if b, err := get("http://" + d.listen + "/api/v1/targets"); err == nil && json.Unmarshal(b, &reply) == nil {
		var skipped, failures int64
		for _, t := range reply.Active {
			skipped += t.Skipped
			failures += t.Failures
		}
		d.sampleBooks(p, len(reply.Active))
		if d.farm.closed.Load() {
			return // scrapes of a closed farm fail, which says nothing
		}
		p.samples.mu.Lock()
		p.samples.skipped, p.samples.failures = skipped, failures
		p.samples.mu.Unlock()
	}
}

// books are those of one component before the queues, in GET /api/v1/components.
type books struct {
	Scraped, Received, Offered, Empty, Refused, Failed int64
	RuledOut                                           int64 `json:"ruled_out"`
}

// wrong says what does not balance; atMost profiles may be under way.
func (b books) wrong(atMost int64) string {
	switch way := b.Scraped + b.Received - b.Offered - b.RuledOut - b.Empty - b.Refused - b.Failed; {
	case way < 0 || way > atMost:
		return fmt.Sprintf("%+v: %d under way, at most %d can be", b, way, atMost)
	case b.Failed > 0:
		return fmt.Sprintf("%+v: internal errors", b)
	}
	return ""
}

// sampleBooks holds the books of the components against themselves and against the endpoint's. One
// context of the collector keeps them all, so whatever an answer shows is of one moment.
func (d *daemon) sampleBooks(p *proc, loops int) {
	var components []struct {
		ID    string
		Books *books
	}
	b, err := get("http://" + d.listen + "/api/v1/components")
	if err != nil || json.Unmarshal(b, &components) != nil {
		return // killed meanwhile
	}
	after, err := d.sample()
	wrong, offered, door := "", int64(0), books{}
	for _, c := range components {
		if c.Books == nil {
			continue
		}
		if s := c.Books.wrong(int64(loops) + d.pushing); s != "" {
			wrong = c.ID + ": " + s
		}
		if c.Books.Scraped > 0 || c.Books.Received > 0 {
			offered += c.Books.Offered
		}
		if c.Books.Received > 0 {
			door = *c.Books
		}
	}
	if err == nil && !d.reloads && d.now() == p && offered > after.Offered {
		wrong = fmt.Sprintf("the components offered %d, the endpoint was offered %d", offered, after.Offered)
	}
	p.samples.mu.Lock()
	defer p.samples.mu.Unlock()
	if door.Received > 0 {
		p.samples.door, p.samples.scraped = door, offered-door.Offered
	}
	if p.samples.before == "" {
		p.samples.before = wrong
	}
}

var metricLine = regexp.MustCompile(`(?m)^([a-z_]+)(?:\{[^}]*\})? ([0-9.eE+]+)$`)

// metric sums the series of a metric.
func metric(page []byte, name string) (sum float64, seen bool) {
	for _, m := range metricLine.FindAllStringSubmatch(string(page), -1) {
		if m[1] == name {
			v, _ := strconv.ParseFloat(m[2], 64)
			sum, seen = sum+v, true
		}
	}
	return sum, seen
}

// readRSS is the resident size in bytes, 0 when it cannot be read.
func readRSS(pid int) int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}
