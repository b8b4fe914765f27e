package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

func startSink(t *testing.T) (*sink, *series) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	f := newFarm(5, 1, 0)
	s := newSink(address, f.byLabels(), 5)
	t.Cleanup(s.stop)
	return s, f.targets[0].series["/debug/pprof/goroutine"]
}

func pushOf(s *series, raw []byte) []byte {
	pair := func(name, value string) message { return message(nil).raw(1, []byte(name)).raw(2, []byte(value)) }
	labels := message(nil).raw(1, pair("__name__", s.prog.shape.name)).raw(1, pair("target", s.target))
	return message(nil).raw(1, labels.raw(2, message(nil).raw(1, raw)))
}

// pushTo answers with the status, 0 when there was no answer.
func pushTo(s *sink, body []byte, limit time.Duration) (status int, header http.Header) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/push.v1.PusherService/Push", bytes.NewReader(body))
	r, err := client.Do(req)
	if err != nil {
		return 0, nil
	}
	_ = r.Body.Close()
	return r.StatusCode, r.Header
}

func TestSink_modes(t *testing.T) {
	for m, want := range map[mode]struct {
		status int
		kept   bool
	}{
		ok: {200, true}, refuse: {0, false}, fail500: {500, false}, hang: {0, false}, reset: {0, false},
		unanswered: {0, true}, throttle: {429, false}, retryAfter: {429, false}, slow: {0, true},
	} {
		t.Run(fmt.Sprint(m), func(t *testing.T) {
			s, series := startSink(t)
			if err := s.turn(ok); err != nil {
				t.Fatal(err)
			}
			if err := s.turn(m); err != nil {
				t.Fatal(err)
			}
			b, raw := series.serve(time.Now(), 1, 0)
			status, header := pushTo(s, pushOf(series, raw), 700*time.Millisecond) // slow takes a second or more
			if kept := !b.arrived.IsZero(); status != want.status || kept != want.kept {
				t.Fatalf("status %d, kept %t", status, kept)
			}
			if (m == retryAfter) != (header.Get("Retry-After") == "1") {
				t.Fatalf("header %v", header)
			}
			if err := s.turn(ok); err != nil { // as after a restart; what it had is still there
				t.Fatal(err)
			}
			if status, _ := pushTo(s, pushOf(series, raw), 5*time.Second); status != 200 || b.arrived.IsZero() {
				t.Fatalf("afterwards: status %d", status)
			}
			if resent := series.resent == 1; resent != want.kept || len(series.faults)+len(s.faults) > 0 {
				t.Fatalf("resent %t, %+v, %+v", resent, series.faults, s.faults)
			}
		})
	}
}

func TestSink_hangIsLetGoByTheNextMode(t *testing.T) {
	s, series := startSink(t)
	if err := s.turn(hang); err != nil {
		t.Fatal(err)
	}
	_, raw := series.serve(time.Now(), 1, 0)
	got := make(chan int, 1)
	go func() {
		status, _ := pushTo(s, pushOf(series, raw), time.Minute)
		got <- status
	}()
	for s.arrivedPushes() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := s.turn(ok); err != nil {
		t.Fatal(err)
	}
	if status := <-got; status != 0 {
		t.Fatalf("status %d", status)
	}
}

func (s *sink) arrivedPushes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pushes
}

// TestSink_sabotage: a sink that forgets one profile or doubles one is found out.
func TestSink_sabotage(t *testing.T) {
	for how, want := range map[string]string{"forget": "lost profile", "double": "never served"} {
		m := newModel(t)
		s := newSink("", m.farm.byLabels(), 1)
		s.accepted, s.sabotage = 51, how
		m.rounds(2)
		m.now = m.now.Add(every)
		for _, series := range m.farm.all() {
			series.asked(m.now, 1)
			b, raw := series.serve(m.now, 1, 0)
			series.written(b, true, m.now)
			if out := m.delta(series, raw); out != nil {
				if _, status := s.keep(pushOf(series, out)); status != 200 {
					t.Fatal(status)
				}
			}
		}
		if got := kinds(m.check()); len(got) != 1 || got[0] != want {
			t.Fatalf("%s: %v, want %s", how, got, want)
		}
	}
}

func TestSink_sabotageOfAPushIsNoticed(t *testing.T) {
	for how, want := range map[string]string{"forget": "lost push", "double": "delivered twice"} {
		m := newPushModel()
		s := newSink("", nil, 1)
		s.pushed, s.accepted, s.sabotage = m.ledger, 51, how
		m.good(2)
		pairs := map[string]string{"pusher": "1"}
		q := m.ledger.enter("sabotaged", []string{text(pairs)}, [][]byte{[]byte("body")})
		m.ledger.tried(q, attempt{from: m.now, to: m.now, status: 200})
		m.proc.samples.door.Received++
		m.proc.samples.door.Offered++
		m.proc.samples.last.Offered++
		kept, status := s.keep(message(nil).raw(1, pushSeries(pairs, []byte("body"))))
		if status != 200 {
			t.Fatal(status)
		}
		m.ledger.answered(kept, time.Now())
		if got := kinds(m.check()); len(got) != 1 || got[0] != want {
			t.Fatalf("%s: %v, want %s", how, got, want)
		}
	}
}
