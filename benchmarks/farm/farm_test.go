package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

func generate(t *testing.T, k kind, seed uint64, generations int) series {
	t.Helper()
	s, err := newSeries(k, seed, generations)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inflate reads one gzip member and insists that nothing follows it.
func inflate(t *testing.T, gz []byte) []byte {
	t.Helper()
	in := bytes.NewReader(gz)
	r, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	r.Multistream(false)
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if in.Len() != 0 {
		t.Fatalf("%d bytes follow the gzip member", in.Len())
	}
	return raw
}

func parse(t *testing.T, gz []byte) *profile.Profile {
	t.Helper()
	p, err := profile.ParseData(gz)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	return p
}

func answer(b body, nanos int64) []byte {
	return append(bytes.Clone(b.prefix), b.tail(stamp(nanos, 0))...)
}

func TestBody_isOneGzipMemberThatEndsInTheStamp(t *testing.T) {
	raw := bytes.Repeat([]byte("some bytes that repeat "), 10_000)
	b, err := newBody(raw)
	if err != nil {
		t.Fatal(err)
	}
	extra := stamp(1_790_000_000_123_456_789, 14_000_000_000)
	got := inflate(t, append(bytes.Clone(b.prefix), b.tail(extra)...))
	if !bytes.Equal(got, append(raw, extra...)) {
		t.Fatal("inflated bytes differ")
	}
}

func TestSeries_sizesAreWithinFivePercent(t *testing.T) {
	near := func(t *testing.T, what string, got, want int) {
		t.Helper()
		if got < want*95/100 || got > want*105/100 {
			t.Errorf("%s: %d bytes, want %d within 5 %%", what, got, want)
		}
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			s := generate(t, k, 1, 64)
			low, high, inflated := s.sizes()
			near(t, "smallest gzip", low, k.wantGzip)
			near(t, "largest gzip", high, k.wantGzip)
			if k.wantInflated > 0 {
				near(t, "inflated", inflated, k.wantInflated)
			}
			t.Logf("%d to %d bytes gzipped, %d inflated", low, high, inflated)
		})
	}
}

func TestSeries_sameSeedSameBytes(t *testing.T) {
	a, b, c := generate(t, kinds[1], 7, 3), generate(t, kinds[1], 7, 3), generate(t, kinds[1], 8, 3)
	if !bytes.Equal(a.bodies[2].prefix, b.bodies[2].prefix) {
		t.Error("equal seeds, other bytes")
	}
	if bytes.Equal(a.bodies[2].prefix, c.bodies[2].prefix) {
		t.Error("other seed, equal bytes")
	}
}

func TestSeries_isValidAndOneSampleInFiveMoves(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			s := generate(t, k, 1, 5)
			var before *profile.Profile
			for g, b := range s.bodies {
				p := parse(t, answer(b, int64(1000+g)))
				if p.TimeNanos != int64(1000+g) {
					t.Fatalf("time_nanos %d", p.TimeNanos)
				}
				if len(p.Sample) != k.samples || len(p.SampleType) != len(k.types) || p.PeriodType.Type != k.period.Type {
					t.Fatalf("%d samples, types %v, period type %v", len(p.Sample), p.SampleType, p.PeriodType)
				}
				if before != nil {
					compare(t, k, before, p)
				}
				before = p
			}
		})
	}
}

func compare(t *testing.T, k kind, before, after *profile.Profile) {
	t.Helper()
	moved := 0
	for i, s := range after.Sample {
		was := before.Sample[i].Value
		if fmt.Sprint(was) != fmt.Sprint(s.Value) {
			moved++
		}
		for v, typ := range k.types {
			grows := k.cumulative && typ.Type != "inuse_objects" && typ.Type != "inuse_space"
			if grows && s.Value[v] < was[v] {
				t.Fatalf("%s of sample %d falls from %d to %d", typ.Type, i, was[v], s.Value[v])
			}
		}
	}
	// All that moves in a cumulative profile shows; elsewhere a value may move to what it was.
	if most := len(after.Sample) / 5; moved > most || moved < most/2 || k.cumulative && moved != most {
		t.Fatalf("%d of %d samples moved", moved, len(after.Sample))
	}
}

func TestMemory_samplesOfOneStackDifferByLabel(t *testing.T) {
	p := parse(t, answer(generate(t, kinds[1], 1, 1).bodies[0], 1))
	stacks, samples := map[string]bool{}, map[string]bool{}
	for _, s := range p.Sample {
		stack := ""
		for _, l := range s.Location {
			stack += fmt.Sprint(l.ID, " ")
		}
		stacks[stack] = true
		samples[fmt.Sprint(stack, s.NumLabel)] = true
	}
	if len(samples) != len(p.Sample) || len(stacks) == len(samples) {
		t.Fatalf("%d samples, %d distinct, %d stacks", len(p.Sample), len(samples), len(stacks))
	}
}

func farm(t *testing.T) (*control, *httptest.Server) {
	var all []series
	for _, k := range kinds {
		all = append(all, generate(t, k, 1, 3))
	}
	one := newTarget(all, time.Second, false)
	srv := httptest.NewServer(one)
	t.Cleanup(srv.Close)
	return &control{targets: []*target{one}, interval: time.Second, since: time.Now()}, srv
}

func get(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, b
}

func TestTarget_answersDistinctTimesWithLength(t *testing.T) {
	_, srv := farm(t)
	var last int64
	for range 3 {
		r, b := get(t, srv.URL+"/debug/pprof/allocs")
		if r.ContentLength != int64(len(b)) || r.Header.Get("Content-Type") != "application/octet-stream" {
			t.Fatalf("length %d for %d bytes, headers %v", r.ContentLength, len(b), r.Header)
		}
		p := parse(t, b)
		if p.TimeNanos <= last || time.Since(time.Unix(0, p.TimeNanos)) > time.Minute {
			t.Fatalf("time_nanos %d after %d", p.TimeNanos, last)
		}
		last = p.TimeNanos
	}
}

func TestTarget_profileTakesItsSecondsOneAtATime(t *testing.T) {
	c, srv := farm(t)
	start := time.Now()
	first := make(chan []byte, 1)
	go func() {
		r, err := http.Get(srv.URL + "/debug/pprof/profile?seconds=1")
		if err != nil {
			first <- nil
			return
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		first <- b
	}()
	for c.read(time.Now()).Total.InFlight == 0 {
		if time.Since(start) > 5*time.Second {
			t.Fatal("the first request does not arrive")
		}
		time.Sleep(time.Millisecond)
	}
	if r, _ := get(t, srv.URL+"/debug/pprof/profile?seconds=1"); r.StatusCode != http.StatusInternalServerError {
		t.Fatalf("status %d while a profile runs", r.StatusCode)
	}
	p := parse(t, <-first)
	if took := time.Since(start); took < time.Second {
		t.Fatalf("answered after %v", took)
	}
	if p.DurationNanos != int64(time.Second) {
		t.Fatalf("duration_nanos %d", p.DurationNanos)
	}
}

func TestTarget_abortedProfileFreesTheProfiler(t *testing.T) {
	c, srv := farm(t)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/debug/pprof/profile?seconds=30", nil)
	if _, err := http.DefaultClient.Do(req); err == nil {
		t.Fatal("answered at once")
	}
	for end := time.Now().Add(5 * time.Second); c.read(time.Now()).Total.Aborted == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still in flight")
		}
	}
	if r, _ := get(t, srv.URL+"/debug/pprof/profile?seconds=1"); r.StatusCode != http.StatusOK {
		t.Fatalf("status %d", r.StatusCode)
	}
}

func TestLoop_countsMissedTicksAndWraps(t *testing.T) {
	l := &loop{series: generate(t, kinds[3], 1, 2)}
	start := time.Unix(1_790_000_000, 0)
	at := func(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }
	for _, s := range []float64{0, 15, 31, 62, 75} { // 16 s is late, 31 s is one tick missed
		l.arrive(at(s), 15*time.Second)
	}
	if n, _ := l.read(at(89), 15*time.Second); n.Requests != 5 || n.Missed != 1 || n.Wrapped != 2 {
		t.Fatalf("%+v", n)
	}
	if n, _ := l.read(at(75+46), 15*time.Second); n.Missed != 1+2 {
		t.Fatalf("overdue: %+v", n)
	}
	l.reset()
	if n, asked := l.read(at(80), 15*time.Second); n != (counts{InFlight: 5}) || !asked {
		t.Fatalf("after reset: %+v", n)
	}
}
