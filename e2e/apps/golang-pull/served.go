package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// maxKept bounds the bodies kept per path. The first one is never dropped:
// totals need the first and the last.
const maxKept = 300

// startID tells one life of the process from the next.
var startID = fmt.Sprintf("%d-%s", os.Getpid(), rand.Text()[:8])

// servedBody is one profile as it was handed out. Body is base64 in JSON.
type servedBody struct {
	StartID string    `json:"start_id"`
	Time    time.Time `json:"time"`
	Body    []byte    `json:"body"`
}

// keeper keeps every body that was written completely, per path.
type keeper struct {
	mu     sync.Mutex
	closed bool
	busy   sync.WaitGroup
	bodies map[string][]servedBody
}

func newKeeper() *keeper { return &keeper{bodies: map[string][]servedBody{}} }

// wrap serves path from next and keeps what was served. The whole body is
// built first, so that a body is either kept and sent or neither.
func (k *keeper) wrap(path string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.enter() {
			http.Error(w, "closed by the test", http.StatusServiceUnavailable)
			return
		}
		defer k.busy.Done()
		rec := &recorder{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(rec, r)
		// With a length and a flush the body is out when busy ends, so that a
		// kill right after close cannot cut it.
		w.Header().Set("Content-Length", strconv.Itoa(rec.body.Len()))
		w.WriteHeader(rec.status)
		if _, err := w.Write(rec.body.Bytes()); err != nil || rec.status != http.StatusOK {
			return // the client did not get it, so it does not count
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		k.add(path, rec.body.Bytes())
	})
}

func (k *keeper) enter() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.closed {
		k.busy.Add(1)
	}
	return !k.closed
}

func (k *keeper) add(path string, body []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := append(k.bodies[path], servedBody{startID, time.Now(), body})
	if len(list) > maxKept {
		list = append(list[:1], list[2:]...)
	}
	k.bodies[path] = list
}

// list answers GET /served?path=P with a JSON list, oldest first.
func (k *keeper) list(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	list := append([]servedBody{}, k.bodies[r.URL.Query().Get("path")]...)
	k.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(list)
}

// close refuses the kept paths from now on and waits for those under way. A
// test calls it before it kills the process: no body can then be handed out
// between the test's last look at the list and the kill.
func (k *keeper) close(w http.ResponseWriter, _ *http.Request) {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.busy.Wait()
	w.Write([]byte("closed\n"))
}

// recorder holds a response back until it is complete.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
