// Package otelcol tests otlp.write and otlp.receive with an OpenTelemetry Collector between them; see run.
package otelcol

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"dev.stoker/e2e/pushv1"
	"github.com/google/pprof/profile"
)

// sink stands in for a Pyroscope below each path, and keeps what came.
type sink struct {
	url string

	mu    sync.Mutex
	came  map[string][]arrival // by the first part of the path
	wrong []string
}

// arrival is a profile that came, read by the reference library.
type arrival struct {
	labels  map[string]string
	profile *profile.Profile
}

func startSink(t *testing.T) *sink {
	s := &sink{came: map[string][]arrival{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender has gone
	}
	way, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if err := s.keep(way, body); err != nil {
		s.mu.Lock()
		s.wrong = append(s.wrong, fmt.Sprintf("%s: %v", r.URL.Path, err))
		s.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/proto")
}

func (s *sink) keep(way string, body []byte) error {
	pushed, err := pushv1.Parse(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range pushed {
		p, err := profile.ParseData(one.Raw)
		if err != nil {
			return fmt.Errorf("of %v: %w", one.Labels, err)
		}
		s.came[way] = append(s.came[way], arrival{one.Labels, p})
	}
	return nil
}

// all is what came so far, by way.
func (s *sink) all(t *testing.T) map[string][]arrival {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, wrong := range s.wrong {
		t.Error(wrong)
	}
	return maps.Clone(s.came)
}
