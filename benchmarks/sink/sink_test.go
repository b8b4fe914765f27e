package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

func field(number int, value []byte) []byte {
	out := binary.AppendUvarint(nil, uint64(number)<<3|2)
	return append(binary.AppendUvarint(out, uint64(len(value))), value...)
}

func label(name, value string) []byte {
	return field(1, append(field(1, []byte(name)), field(2, []byte(value))...))
}

func request(name string, raw []byte) []byte {
	series := append(label("service_name", "shop"), label("__name__", name)...)
	return field(1, append(series, field(2, append(field(1, raw), field(2, []byte("an id"))...))...))
}

func start(t *testing.T, delay time.Duration, check bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := newServer(newSink(delay, check).handler())
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "http://" + l.Addr().String()
}

func post(t *testing.T, client *http.Client, base string, body []byte, encoding, contentType string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, base+"/push.v1.PusherService/Push", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	r, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode == http.StatusOK && r.ContentLength != 0 {
		t.Fatalf("an answer of %d bytes", r.ContentLength)
	}
	return r.StatusCode
}

func read(t *testing.T, base string) counts {
	t.Helper()
	r, err := http.Get(base + "/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var n counts
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func h2c() *http.Client {
	var p http.Protocols
	p.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: &p}}
}

func TestPush_isCountedByNameAndProtocol(t *testing.T) {
	base := start(t, 0, false)
	body := append(request("memory", make([]byte, 1000)), request("process_cpu", make([]byte, 300))...)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(body)
	_ = w.Close()
	for _, status := range []int{
		post(t, http.DefaultClient, base, body, "", "application/proto"),
		post(t, h2c(), base, body, "identity", "application/proto"),
		post(t, http.DefaultClient, base, zipped.Bytes(), "gzip", "application/proto"),
	} {
		if status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
	}
	n := read(t, base)
	if n.Requests != 3 || n.HTTP2 != 1 || n.Series != 6 || n.Profiles != 6 || n.Raw != 3*1300 || n.InFlight != 0 {
		t.Fatalf("%+v", n)
	}
	if n.Bytes != int64(2*len(body)+zipped.Len()) {
		t.Fatalf("%d bytes", n.Bytes)
	}
	if m := n.Names["memory"]; m == nil || m.Profiles != 3 || m.Raw != 3000 {
		t.Fatalf("memory: %+v", m)
	}
	r, err := http.Post(base+"/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if n := read(t, base); n.Requests != 0 || len(n.Names) != 0 {
		t.Fatalf("after reset: %+v", n)
	}
}

func TestPush_refusesWhatPyroscopeRefuses(t *testing.T) {
	base := start(t, 0, false)
	good := request("memory", []byte("x"))
	for _, c := range []struct {
		body                  []byte
		encoding, contentType string
		want                  int
	}{
		{good, "", "application/octet-stream", http.StatusUnsupportedMediaType},
		{good, "zstd", "application/proto", http.StatusNotImplemented},
		{good, "gzip", "application/proto", http.StatusBadRequest},
		{good[:len(good)-1], "", "application/proto", http.StatusBadRequest},
		{nil, "", "application/proto", http.StatusBadRequest},
	} {
		if got := post(t, http.DefaultClient, base, c.body, c.encoding, c.contentType); got != c.want {
			t.Errorf("status %d, want %d for %q %q %d bytes", got, c.want, c.contentType, c.encoding, len(c.body))
		}
	}
	if n := read(t, base); n.Requests != 0 || n.Rejected != 5 {
		t.Fatalf("%+v", n)
	}
}

func TestPush_checkCountsInvalidProfiles(t *testing.T) {
	base := start(t, 0, true)
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "goroutine", Unit: "count"}}}
	var raw bytes.Buffer
	if err := p.Write(&raw); err != nil {
		t.Fatal(err)
	}
	post(t, http.DefaultClient, base, request("goroutine", raw.Bytes()), "", "application/proto")
	post(t, http.DefaultClient, base, request("goroutine", []byte("\x1f\x8bnot gzip")), "", "application/proto")
	if n := read(t, base); n.Requests != 2 || n.Invalid != 1 {
		t.Fatalf("%+v", n)
	}
}

func TestPush_isAnsweredAfterTheDelay(t *testing.T) {
	base := start(t, 200*time.Millisecond, false)
	begin := time.Now()
	post(t, http.DefaultClient, base, request("memory", []byte("x")), "", "application/proto")
	if took := time.Since(begin); took < 200*time.Millisecond {
		t.Fatalf("answered after %v", took)
	}
}
