package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// usual is the shape that benchmarks/run has by default, at an interval of 15 s.
func usual(generations int) shape {
	return shape{seed: 1, generations: generations, changed: 0.2, fresh: 0.5, builds: 1, histories: 1}
}

// small is a kind whose bodies are soon made, for what does not depend on their size.
func small(k kind) kind {
	k.samples, k.functions, k.sites = 200, 200, 300
	return k
}

func made(t *testing.T, k kind, sh shape) []series {
	t.Helper()
	s, err := sh.all(k)
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

func join(parts [5][]byte) []byte { return bytes.Join(parts[:], nil) }

func answer(s series, generation int, nanos int64) []byte {
	return join(s.bodies[generation].answer(s.stamp(nanos, 0)))
}

func TestBody_isOneGzipMemberWithTheStampInside(t *testing.T) {
	w, err := deflater()
	if err != nil {
		t.Fatal(err)
	}
	stamp := []byte("the stamp")
	for _, sizes := range [][2]int{{0, 0}, {0, 100_000}, {100_000, 0}, {100_000, 70_000}, {1, 1}} {
		head := bytes.Repeat([]byte("some bytes that repeat "), sizes[0])[:sizes[0]]
		rest := bytes.Repeat([]byte("and others "), sizes[1])[:sizes[1]]
		b, err := newBody(w, head, rest)
		if err != nil {
			t.Fatal(err)
		}
		gz := join(b.answer(stamp))
		want := slices.Concat(head, stamp, rest)
		if got := inflate(t, gz); !bytes.Equal(got, want) {
			t.Fatalf("%v: inflated bytes differ", sizes)
		}
		if len(gz) != b.size(len(stamp)) || len(want) != int(b.inflated(len(stamp))) {
			t.Fatalf("%v: %d bytes, %d inflated", sizes, len(gz), len(want))
		}
	}
}

// Go's fastest level is what runtime/pprof has. The cut before the strings gives each part a code of its own, so a body may be
// some percent smaller than in one stream.
func TestBody_isDeflatedAtGosFastestLevel(t *testing.T) {
	for _, k := range []kind{kinds[0], kinds[2]} {
		gz := answer(made(t, k, usual(1))[0], 0, 1)
		if !bytes.Equal(gz[:10], gzipHeader) || gz[8] != 4 {
			t.Errorf("%s: header %x", k.name, gz[:10])
		}
		var fast bytes.Buffer
		w, _ := gzip.NewWriterLevel(&fast, gzip.BestSpeed)
		_, _ = w.Write(inflate(t, gz))
		_ = w.Close()
		if n := fast.Len(); len(gz) < n*95/100 || len(gz) > n*103/100 {
			t.Errorf("%s: %d bytes, in one stream of the fastest level %d", k.name, len(gz), n)
		}
	}
}

func TestSeries_sizesAreWithinFivePercent(t *testing.T) {
	near := func(t *testing.T, what string, got, want int) {
		t.Helper()
		if got < want*95/100 || got > want*105/100 {
			t.Errorf("%s: %d bytes, want %d within 5 %%", what, got, want)
		}
	}
	sh := usual(2)
	sh.builds = 4
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			all := made(t, k, sh)
			var low, high, inflated int // means of all builds, which differ by some percent
			for _, s := range all {
				l, h, i := s.sizes()
				low, high, inflated = low+l, high+h, inflated+i
				t.Logf("%d to %d bytes gzipped, %d inflated", l, h, i)
			}
			near(t, "smallest gzip", low/len(all), k.wantGzip)
			near(t, "largest gzip", high/len(all), k.wantGzip)
			if k.wantInflated > 0 {
				near(t, "inflated", inflated/len(all), k.wantInflated)
			}
		})
	}
}

func TestSeries_sameSeedSameBytes(t *testing.T) {
	other := usual(3)
	other.seed = 8
	k := small(kinds[1])
	a, b, c := made(t, k, usual(3))[0], made(t, k, usual(3))[0], made(t, k, other)[0]
	if !bytes.Equal(answer(a, 2, 1), answer(b, 2, 1)) {
		t.Error("equal seeds, other bytes")
	}
	if bytes.Equal(answer(a, 2, 1), answer(c, 2, 1)) {
		t.Error("other seed, equal bytes")
	}
}

func TestMemory_samplesOfOneStackDifferByLabel(t *testing.T) {
	p := parse(t, answer(made(t, small(kinds[1]), usual(1))[0], 0, 1))
	stacks, samples := map[string]bool{}, map[string]bool{}
	for _, s := range p.Sample {
		stacks[callers(s)] = true
		samples[identity(s)] = true
	}
	if len(samples) != len(p.Sample) || len(stacks) == len(samples) {
		t.Fatalf("%d samples, %d distinct, %d stacks", len(p.Sample), len(samples), len(stacks))
	}
}

func farm(t *testing.T, length bool) (*control, *httptest.Server) {
	var all [][]series
	for _, k := range kinds {
		all = append(all, made(t, small(k), usual(3)))
	}
	one := newTarget(0, all, time.Second, length)
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

func TestTarget_answersDistinctTimes(t *testing.T) {
	for _, length := range []bool{true, false} {
		_, srv := farm(t, length)
		var last int64
		for range 3 {
			r, b := get(t, srv.URL+"/debug/pprof/allocs")
			want := int64(-1)
			if length {
				want = int64(len(b))
			}
			if r.ContentLength != want || r.Header.Get("Content-Type") != "application/octet-stream" {
				t.Fatalf("length %d for %d bytes, headers %v", r.ContentLength, len(b), r.Header)
			}
			p := parse(t, b)
			if p.TimeNanos <= last || time.Since(time.Unix(0, p.TimeNanos)) > time.Minute {
				t.Fatalf("time_nanos %d after %d", p.TimeNanos, last)
			}
			last = p.TimeNanos
		}
	}
}

// Behind Go's own handlers a compressor writes little at a time, so net/http makes chunks of its buffer's size.
func TestTarget_chunksAreThoseOfGo(t *testing.T) {
	_, ours := farm(t, false)
	gos := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		rng := rand.New(rand.NewPCG(1, 2))
		for range 10_000 {
			_, _ = z.Write(binary.AppendUvarint(nil, rng.Uint64()))
		}
		_ = z.Close()
	}))
	defer gos.Close()
	for _, url := range []string{ours.URL + "/debug/pprof/mutex", gos.URL + "/"} {
		sizes := chunks(t, url)
		for i, n := range sizes {
			if i < len(sizes)-1 && n != 2048 {
				t.Errorf("%s: chunk %d of %d has %d bytes", url, i, len(sizes), n)
			}
		}
		if len(sizes) < 5 {
			t.Errorf("%s: %d chunks", url, len(sizes))
		}
	}
}

// chunks are the sizes of an answer's chunks but for the empty one at its end.
func chunks(t *testing.T, url string) (sizes []int64) {
	t.Helper()
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	c, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	in := bufio.NewReader(c)
	for line := ""; line != "\r\n"; {
		if line, err = in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return sizes
		}
		sizes = append(sizes, n)
		if _, err := in.Discard(int(n) + 2); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewTarget_neighboursDifferInBuildHistoryOrGeneration(t *testing.T) {
	sh := usual(2 + stagger)
	sh.builds, sh.histories = 2, 2
	all := [][]series{made(t, small(kinds[3]), sh)}
	seen := map[string]int{}
	for n := range 4 * stagger {
		b, _ := newTarget(n, all, time.Second, false).loops[kinds[3].path].arrive(time.Now(), time.Second)
		key := string(join(b.answer(nil)))
		if before, again := seen[key]; again {
			t.Fatalf("targets %d and %d answer the same", before, n)
		}
		seen[key] = n
	}
}

func TestTarget_profileTakesItsSecondsOneAtATime(t *testing.T) {
	c, srv := farm(t, false)
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
	c, srv := farm(t, false)
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
	l := &loop{series: made(t, small(kinds[3]), usual(2))[0]}
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
