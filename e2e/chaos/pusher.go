package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// pushers are clients that push to the collector as SDKs do, each by a connection of its own: one push after another,
// and the same one again until it is taken.
type pushers struct {
	ledger *ledger
	url    string
	prog   *program
	seed   uint64
	number int
	pause  time.Duration // mean time between two pushes of one client
	stop   chan struct{}
	ended  sync.WaitGroup
	last   atomic.Int64 // time_nanos
}

const (
	mostProfiles = 3 // of one push
	pushStacks   = 600
)

func newPushers(sc scenario, seed uint64, port int) *pushers {
	return &pushers{
		ledger: newLedger(), url: fmt.Sprintf("http://127.0.0.1:%d/push.v1.PusherService/Push", port),
		prog: newProgram(shapes[2], pushStacks, seed), seed: seed, number: sc.pushers, pause: sc.pushPause,
		stop: make(chan struct{}),
	}
}

func (p *pushers) start() {
	for i := range p.number {
		p.ended.Add(1)
		go p.work(i, rand.New(rand.NewPCG(p.seed, 100+uint64(i))))
	}
}

// finish lets every client have its last push taken; false when that takes longer than the limit.
func (p *pushers) finish(limit time.Duration) bool {
	close(p.stop)
	done := make(chan struct{})
	go func() { p.ended.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

func (p *pushers) work(client int, rng *rand.Rand) {
	defer p.ended.Done()
	door := &door{url: p.url, client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxConnsPerHost: 1}}}
	for serial := 0; ; serial++ {
		select {
		case <-p.stop:
			return
		case <-time.After(between(rng, 0, 2*p.pause.Seconds())):
		}
		q, body := p.next(client, serial, rng)
		zipped := client%4 == 3 // most clients leave it to the profiles, which are gzipped already
		if zipped {
			body = gzipped(body)
		}
		for {
			a, wait := door.push(body, zipped)
			p.ledger.tried(q, a)
			if a.status == http.StatusOK {
				break
			}
			time.Sleep(wait)
		}
	}
}

// next is the client's next push: one to three profiles, each of a series of its own.
func (p *pushers) next(client, serial int, rng *rand.Rand) (*pushRequest, []byte) {
	var labels []string
	var bodies [][]byte
	var request message
	for part := range 1 + rng.IntN(mostProfiles) {
		pairs := map[string]string{
			"__name__": p.prog.shape.name, "service_name": "pushed", "pusher": strconv.Itoa(client), "part": strconv.Itoa(part),
		}
		body := p.prog.body(serial+1, uint64(client), 0, p.unique(time.Now().UnixNano()), 0)
		labels, bodies = append(labels, text(pairs)), append(bodies, body)
		request = request.raw(1, pushSeries(pairs, body))
	}
	return p.ledger.enter(fmt.Sprintf("push %d of client %d", serial, client), labels, bodies), request
}

func pushSeries(labels map[string]string, body []byte) message {
	var m message
	for name, value := range labels {
		m = m.raw(1, message(nil).raw(1, []byte(name)).raw(2, []byte(value)))
	}
	return m.raw(2, message(nil).raw(1, body))
}

// unique is that time, or a later one that no profile has had.
func (p *pushers) unique(now int64) int64 {
	for {
		last := p.last.Load()
		next := max(now, last+1)
		if p.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

func gzipped(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

// A door is what a client knows of the collector.
type door struct {
	url    string
	client *http.Client
}

// push sends once, and says how long to wait before the next time: as long as it is told, and shortly when there was
// no answer.
func (d *door) push(body []byte, zipped bool) (a attempt, wait time.Duration) {
	a.from, wait = time.Now(), 100*time.Millisecond
	defer func() { a.to = time.Now() }()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, d.url, bytes.NewReader(body))
	if err != nil {
		a.problem = err.Error()
		return a, wait
	}
	req.Header.Set("Content-Type", "application/proto")
	if zipped {
		req.Header.Set("Content-Encoding", "gzip")
	}
	r, err := d.client.Do(req)
	if err != nil {
		a.problem = err.Error()
		return a, wait
	}
	defer r.Body.Close()
	words, err := io.ReadAll(r.Body)
	if err != nil && r.StatusCode == http.StatusOK { // its end is missing
		a.problem = err.Error()
		return a, wait
	}
	a.status, a.retryAfter, a.problem = r.StatusCode, r.Header.Get("Retry-After"), fmt.Sprintf("%.200s", words)
	if seconds, err := strconv.Atoi(a.retryAfter); err == nil && seconds > 0 {
		wait = time.Duration(seconds) * time.Second
	}
	return a, wait
}
