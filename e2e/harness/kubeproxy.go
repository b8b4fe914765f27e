package harness

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Transport is how a client reaches a KubeProxy.
type Transport string

const (
	Plain Transport = "http"   // HTTP/1.1 without TLS
	TLS1  Transport = "https1" // TLS that speaks HTTP/1.1 only
	TLS2  Transport = "https2" // TLS that offers HTTP/2
)

// Asked is one request that a KubeProxy has seen.
type Asked struct {
	At            time.Time
	Verb          string // list, watch or what HTTP calls it
	Kind          string // last part of the path, such as pods
	Authorization string
	Continued     bool // a further page of a list
	Refused       int  // the status that the proxy has answered itself, or 0
}

// Refusal is an answer in the API server's place.
type Refusal struct {
	Status     int
	RetryAfter string
	Reason     string // such as TooManyRequests
}

// KubeProxy is an HTTP proxy in front of the API server that counts, refuses
// and cuts.
type KubeProxy struct {
	URL     string
	mu      sync.Mutex
	asked   []Asked
	opened  int
	refuse  func(*http.Request) *Refusal
	running map[int]context.CancelFunc
	next    int
}

// Proxy starts one in front of k; over TLS it has the API server's certificate.
func (k *Kube) Proxy(t *testing.T, transport Transport) *KubeProxy {
	t.Helper()
	target, err := url.Parse(k.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &KubeProxy{running: map[int]context.CancelFunc{}, refuse: func(*http.Request) *Refusal { return nil }}
	trust := k.client.Transport.(*http.Transport).TLSClientConfig.Clone()
	forward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     &http.Transport{TLSClientConfig: trust},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: p.handler(forward), ErrorLog: log.New(io.Discard, "", 0), ConnState: p.state}
	t.Cleanup(func() { server.Close() })
	switch transport {
	case Plain:
		p.URL = "http://" + listener.Addr().String()
		go server.Serve(listener)
	case TLS1, TLS2:
		p.URL = "https://" + listener.Addr().String()
		if transport == TLS1 {
			server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
		}
		go server.ServeTLS(listener, k.file("tls.crt"), k.file("tls.key"))
	}
	return p
}

// Behind is the same API server as a client sees it at another address.
func (k *Kube) Behind(url string) *Kube {
	other := *k
	other.URL = url
	return &other
}

// Address is host and port.
func (p *KubeProxy) Address() string {
	u, _ := url.Parse(p.URL)
	return u.Host
}

func (p *KubeProxy) state(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		p.mu.Lock()
		p.opened++
		p.mu.Unlock()
	}
}

func (p *KubeProxy) handler(forward http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		p.mu.Lock()
		id, refusal := p.next, p.refuse(r)
		p.next++
		p.running[id] = cancel
		asked := read(r)
		if refusal != nil {
			asked.Refused = refusal.Status
		}
		p.asked = append(p.asked, asked)
		p.mu.Unlock()
		defer func() {
			p.mu.Lock()
			delete(p.running, id)
			p.mu.Unlock()
		}()
		if refusal != nil {
			refusal.write(w)
			return
		}
		forward.ServeHTTP(w, r.WithContext(ctx))
	})
}

func read(r *http.Request) Asked {
	a := Asked{At: time.Now(), Verb: r.Method, Kind: r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], Authorization: r.Header.Get("Authorization")}
	query := r.URL.Query()
	watch := query.Get("watch")
	switch {
	case watch == "1" || watch == "true":
		a.Verb = "watch"
	case r.Method == http.MethodGet:
		a.Verb, a.Continued = "list", query.Get("continue") != ""
	}
	return a
}

func (f *Refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(f.Status)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s by the proxy of the test","reason":%q,"code":%d}`,
		f.Reason, f.Reason, f.Status)
}

// Refuse answers in the API server's place where the function says so; nil ends that.
func (p *KubeProxy) Refuse(refuse func(*http.Request) *Refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if refuse == nil {
		refuse = func(*http.Request) *Refusal { return nil }
	}
	p.refuse = refuse
}

// Cut ends all requests that are under way, watches for one, without an end of their answers.
func (p *KubeProxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cancel := range p.running {
		cancel()
	}
}

// Asked are the requests so far.
func (p *KubeProxy) Asked() []Asked {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// Opened is how many connections there have been.
func (p *KubeProxy) Opened() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

// Address of the API server: host and port.
func (k *Kube) Address() string { return fmt.Sprintf("127.0.0.1:%d", k.port) }
