package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"dev.stoker/e2e/pushv1"
	"github.com/google/pprof/profile"
)

// A recordingProxy stands between the collector and Pyroscope and keeps what the server said to each numbered push. When
// one is missing afterwards, this tells whose fault that is.
type recordingProxy struct {
	url, server string

	mu      sync.Mutex
	answers map[string][]string // by function
}

func startRecordingProxy(t *testing.T, server string) *recordingProxy {
	p := &recordingProxy{server: server, answers: map[string][]string{}}
	listening := httptest.NewServer(p)
	t.Cleanup(listening.Close)
	p.url = listening.URL
	return p
}

func (p *recordingProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	began := time.Now()
	request, err := http.NewRequestWithContext(r.Context(), r.Method, p.server+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	request.Header = r.Header.Clone()
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		panic(http.ErrAbortHandler) // as the server itself, it gives no answer
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	p.keep(body, fmt.Sprintf("%d from %s to %s", answer.StatusCode, began.Format("15:04:05.000"), time.Now().Format("15:04:05.000")))
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	w.Write(text)
}

func (p *recordingProxy) keep(body []byte, said string) {
	pushed, err := pushv1.Parse(body)
	if err != nil {
		return // the server has refused it
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range pushed {
		if read, err := profile.ParseData(one.Raw); err == nil && len(read.Function) > 0 {
			p.answers[read.Function[0].Name] = append(p.answers[read.Function[0].Name], said)
		}
	}
}

// said is what the server answered to pushes of this function.
func (p *recordingProxy) said(function string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("Pyroscope said %q", p.answers[function])
}
