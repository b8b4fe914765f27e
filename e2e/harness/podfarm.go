package harness

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// PodFarm answers for a whole herd of pods, on every address of loopback at
// one port, with small profiles of this process, always the same ones.
type PodFarm struct {
	Port   int
	Served atomic.Int64
	Pushed atomic.Int64 // what came to Sink
	Sink   string       // a URL that takes every push
}

// StartPodFarm begins to answer.
func StartPodFarm(t *testing.T) *PodFarm {
	t.Helper()
	f := &PodFarm{Port: FreePort(t)}
	profiles := map[string][]byte{}
	for path, name := range map[string]string{"/debug/pprof/goroutine": "goroutine", "/debug/pprof/allocs": "allocs",
		"/debug/pprof/mutex": "mutex", "/debug/pprof/block": "block"} {
		var body bytes.Buffer
		if err := pprof.Lookup(name).WriteTo(&body, 0); err != nil {
			t.Fatal(err)
		}
		profiles[path] = body.Bytes()
	}
	var cpu bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // the profile's length
	pprof.StopCPUProfile()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := profiles[r.URL.Path]
		if r.URL.Path == "/debug/pprof/profile" {
			seconds, _ := strconv.Atoi(r.URL.Query().Get("seconds"))
			select {
			case <-time.After(time.Duration(seconds) * time.Second):
			case <-r.Context().Done():
				return
			}
			body = cpu.Bytes()
		}
		if body == nil {
			http.NotFound(w, r)
			return
		}
		f.Served.Add(1)
		_, _ = w.Write(body)
	})
	serve(t, fmt.Sprintf("0.0.0.0:%d", f.Port), handler)
	sink := fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	f.Sink = "http://" + sink
	serve(t, sink, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/proto")
		f.Pushed.Add(1)
	}))
	return f
}

func serve(t *testing.T, address string, handler http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	t.Cleanup(func() { server.Close() })
	go server.Serve(listener)
}
