package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A load is the clients. They write HTTP by hand: on the same cores as the collector, they are to take little of them.
type load struct {
	address string
	rate    int
	clients []*client
	over    atomic.Bool
	ended   sync.WaitGroup
}

// A client has one connection and one series. It pushes at fixed times, late ones at once.
type client struct {
	number int
	body   *body
	counts counts
	err    error
}

// counts are of pushes; bytes are of profiles.
type counts struct{ sent, taken, takenBytes, refused, failed, late int64 }

func (c *counts) add(o counts) {
	c.sent += o.sent
	c.taken += o.taken
	c.takenBytes += o.takenBytes
	c.refused += o.refused
	c.failed += o.failed
	c.late += o.late
}

func newLoad(o options) *load {
	l := &load{address: fmt.Sprintf("127.0.0.1:%d", o.port), rate: o.rate}
	for i := range o.connections {
		l.clients = append(l.clients, &client{number: i, body: newBody(uint64(i), o.size)})
	}
	return l
}

func (l *load) start() {
	begin := time.Now()
	every := time.Duration(len(l.clients)) * time.Second / time.Duration(l.rate)
	for i, c := range l.clients {
		l.ended.Add(1)
		go func() {
			defer l.ended.Done()
			c.err = c.work(l, begin.Add(time.Duration(i)*time.Second/time.Duration(l.rate)), every)
		}()
	}
}

func (l *load) stop() {
	l.over.Store(true)
	l.ended.Wait()
}

// total is known when the load has stopped.
func (l *load) total() (sum counts) {
	for _, c := range l.clients {
		sum.add(c.counts)
		if c.err != nil {
			fmt.Fprintf(os.Stderr, "client %d: %v\n", c.number, c.err)
		}
	}
	return sum
}

func (c *client) work(l *load, first time.Time, every time.Duration) error {
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for next := first; !l.over.Load(); next = next.Add(every) {
		if wait := time.Until(next); wait > 0 {
			time.Sleep(wait)
		} else if wait < -time.Second {
			c.counts.late++
		}
		raw, request := c.body.push(l.address, time.Now().UnixNano())
		c.counts.sent++
		if _, err := request.WriteTo(conn); err != nil {
			c.counts.failed++
			return err
		}
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			c.counts.failed++
			return err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		switch answer.StatusCode {
		case http.StatusOK:
			c.counts.taken++
			c.counts.takenBytes += int64(raw)
		case http.StatusServiceUnavailable:
			c.counts.refused++
		default:
			c.counts.failed++
			return fmt.Errorf("answered %s", answer.Status)
		}
	}
	return nil
}

// cores are what the processes took, in cores, over the window, and how many profiles a second came to the sink.
type cores struct{ stoker, sink, clients, rate float64 }

// measure waits for the window to pass.
func (l *load) measure(o options, admin, sinkURL string, stoker, sink *child) (c cores, err error) {
	var first, last sinkStats
	if err := getJSON(sinkURL+"/stats", &first); err != nil {
		return c, err
	}
	pids := []int{stoker.pid(), sink.pid(), os.Getpid()}
	before, from := cpuSeconds(pids), time.Now()
	profiled := make(chan error, 1)
	go func() { profiled <- saveProfile(o, admin) }()
	time.Sleep(o.window)
	after, took := cpuSeconds(pids), time.Since(from).Seconds()
	if stoker.ended() {
		return c, fmt.Errorf("stoker ended\n%s", stoker.log())
	}
	if err := getJSON(sinkURL+"/stats", &last); err != nil {
		return c, err
	}
	rate := float64(last.Profiles-first.Profiles) / took
	return cores{(after[0] - before[0]) / took, (after[1] - before[1]) / took, (after[2] - before[2]) / took, rate}, <-profiled
}

func saveProfile(o options, admin string) error {
	if o.profile == "" {
		return nil
	}
	answer, err := http.Get(fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", admin, max(1, int(o.window.Seconds())-2)))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("CPU profile: %s %v", answer.Status, err)
	}
	return os.WriteFile(o.profile, b, 0o644)
}
