// Package sdks tests pyroscope.receive_http with Pyroscope's own SDKs; see run.
package sdks

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// tee is the server that an SDK pushes to. It sends each request on to Stoker, and the same
// bytes straight to Pyroscope; the SDK gets the answer of Stoker.
type tee struct {
	stoker string
	direct []string // one server for each storage
	client http.Client

	mu       sync.Mutex
	requests []exchange
}

// exchange is one request and what was answered.
type exchange struct {
	request string
	form    string // its media type
	body    []byte
	stoker  string   // "" = 200
	direct  []string // "" = 200
}

// Tenants of Pyroscope, which keep the two ways apart.
const (
	throughStoker = "through-stoker"
	straight      = "straight"
)

// start listens until the test ends.
func (t *tee) start(test *testing.T) (url string) {
	test.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		test.Fatal(err)
	}
	t.client.Timeout = 20 * time.Second
	server := &http.Server{Handler: t}
	go server.Serve(listener)
	test.Cleanup(func() { server.Close() })
	return "http://" + listener.Addr().String()
}

func (t *tee) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	seen := exchange{request: request.Method + " " + request.URL.String(), form: request.Header.Get("Content-Type"), body: body}
	seen.direct = make([]string, len(t.direct))
	var group sync.WaitGroup
	for i, server := range t.direct {
		group.Go(func() { _, _, seen.direct[i] = t.send(request, body, server, straight) })
	}
	answer, text, wrong := t.send(request, body, t.stoker, throughStoker)
	seen.stoker = wrong
	group.Wait()
	t.mu.Lock()
	t.requests = append(t.requests, seen)
	t.mu.Unlock()
	if answer == nil {
		http.Error(w, wrong, http.StatusBadGateway)
		return
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	w.Write(text)
}

// send is nil without an answer; wrong says whatever is no 200.
func (t *tee) send(from *http.Request, body []byte, server, tenant string) (answer *http.Response, text []byte, wrong string) {
	to, err := http.NewRequest(from.Method, server+from.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err.Error()
	}
	to.Header = from.Header.Clone()
	to.Header.Set("X-Scope-OrgID", tenant)
	answer, err = t.client.Do(to)
	if err != nil {
		return nil, nil, err.Error()
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	if err != nil {
		return nil, nil, err.Error()
	}
	if answer.StatusCode != http.StatusOK {
		wrong = fmt.Sprintf("%d: %.300s", answer.StatusCode, text)
	}
	return answer, text, wrong
}

// exchanges are all so far.
func (t *tee) exchanges() []exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]exchange(nil), t.requests...)
}
