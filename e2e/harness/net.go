package harness

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

var (
	portsMu sync.Mutex
	taken   = map[int]bool{}
)

// FreePort picks a port that is free for TCP and UDP on loopback. It looks
// below the ephemeral range: tests stop a server and start it again on its
// port, which must not become some connection's source port meanwhile.
func FreePort(t *testing.T) int {
	t.Helper()
	portsMu.Lock()
	defer portsMu.Unlock()
	for range 1000 {
		port := 15000 + rand.IntN(15000)
		if !taken[port] && bindable(port) {
			taken[port] = true
			return port
		}
	}
	t.Fatal("no free port found")
	return 0
}

func bindable(port int) bool {
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	tcp, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	return udp.Close() == nil
}

// client does not keep connections: servers are restarted under it.
var client = &http.Client{
	Timeout:   20 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true},
}

// Get fetches a URL; a status other than 200 is an error with the body's start.
func Get(url string) ([]byte, error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	return body(resp)
}

func body(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %.300s", resp.Request.Method, resp.Request.URL, resp.Status, b)
	}
	return b, nil
}

// Eventually polls until check returns nil; the last error fails the test.
func Eventually(t *testing.T, limit time.Duration, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s: %v", what, limit, err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// awaitReady polls a URL until it answers 200 or the process ends.
func awaitReady(t *testing.T, p *Process, url string, limit time.Duration) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		_, err := Get(url)
		if err == nil {
			return
		}
		if p.Exited() {
			t.Fatalf("%s ended before it was ready", p.Name)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s not ready within %s: %v", p.Name, limit, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
