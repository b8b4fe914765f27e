package harness

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Wire forwards TCP connections, and can be made to swallow: it then reads and
// drops all bytes of both directions and closes nothing, as a firewall does
// that has forgotten its connections.
type Wire struct {
	Address string
	to      string
	mu      sync.Mutex
	silent  bool
	links   map[*link]bool
}

// A link is one connection and the one behind it. A dead one never works again.
type link struct {
	front, back net.Conn
	dead        atomic.Bool
}

// StartWire listens on a free port in front of an address.
func StartWire(t *testing.T, to string) *Wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{Address: listener.Addr().String(), to: to, links: map[*link]bool{}}
	t.Cleanup(func() {
		listener.Close()
		w.mu.Lock()
		defer w.mu.Unlock()
		for l := range w.links {
			l.close()
		}
	})
	go func() {
		for {
			front, err := listener.Accept()
			if err != nil {
				return
			}
			w.accept(front)
		}
	}()
	return w
}

// Swallow silences all connections, new ones too.
func (w *Wire) Swallow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
	for l := range w.links {
		l.dead.Store(true)
	}
}

// Release lets new connections through; the silent ones stay so.
func (w *Wire) Release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = false
}

func (w *Wire) accept(front net.Conn) {
	back, err := net.Dial("tcp", w.to)
	if err != nil {
		front.Close()
		return
	}
	l := &link{front: front, back: back}
	w.mu.Lock()
	l.dead.Store(w.silent)
	w.links[l] = true
	w.mu.Unlock()
	go l.pump(back, front, true)
	go func() {
		l.pump(front, back, false)
		w.mu.Lock()
		delete(w.links, l)
		w.mu.Unlock()
	}()
}

// pump ends the link when the side it reads is closed; but the far side's end of a dead link is swallowed too.
func (l *link) pump(to, from net.Conn, fromFront bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if !l.dead.Load() {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			if fromFront || !l.dead.Load() {
				l.close()
			}
			return
		}
	}
}

func (l *link) close() {
	l.front.Close()
	l.back.Close()
}
