package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// A silence is a TCP proxy to an HTTP/2 sink whose connections go silent all at once, again and again: they stay open, and
// nothing is answered. New ones work until the next time.
type silence struct {
	behind              string
	epoch, open, opened atomic.Int64
}

func (s *silence) serve(w *world, l net.Listener) {
	go func() {
		for next := 5 * time.Second; ; next = 25 * time.Second {
			select {
			case <-w.done:
				return
			case <-time.After(next):
				s.epoch.Add(1)
			}
		}
	}()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", s.behind)
		if err != nil {
			_ = c.Close()
			continue
		}
		s.open.Add(1)
		s.opened.Add(1)
		born := s.epoch.Load()
		go s.copy(up, c, born)
		go func() {
			s.copy(c, up, born)
			s.open.Add(-1)
			_ = c.Close()
			_ = up.Close()
		}()
	}
}

func (s *silence) copy(from, to net.Conn, born int64) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && s.epoch.Load() == born {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err == io.EOF && s.epoch.Load() != born {
			return
		}
		if err != nil {
			return
		}
	}
}

func init() {
	s := &silence{}
	attacks = append(attacks, attack{
		name: "silence",
		what: "after 5 s and then every 25 s all connections to an HTTP/2 endpoint go silent, and new ones work",
		start: func(w *world) (string, error) {
			l, err := w.listen("127.0.0.1")
			if err != nil {
				return "", err
			}
			sink, err := w.listen("127.0.0.1")
			if err != nil {
				return "", err
			}
			var protocols http.Protocols
			protocols.SetUnencryptedHTTP2(true)
			go (&http.Server{Handler: http.HandlerFunc(w.take), Protocols: &protocols}).Serve(sink)
			s.behind = sink.Addr().String()
			go s.serve(w, l)
			return fmt.Sprintf(`pyroscope.scrape.again {
  targets = [
%s  ]
  scrape_interval = 5s
  profiling_config { profile { process_cpu { enabled = false }, mutex { enabled = false }, block { enabled = false }, memory { enabled = false } } }
  forward_to = [ pyroscope.write.silent.receiver ]
}
pyroscope.write.silent { endpoint { url = "http://%s", name = "silent", h2c = true, remote_timeout = 3s } }
`, targets(10, w.good, `, "service_name" = "behind-silence"`), l.Addr()), nil
		},
		check: func(w *world) (findings []string) {
			sent := w.metric("pyroscope_write_sent_profiles_total", `endpoint="silent"`)
			waits := w.metric("stoker_queue_profiles", `endpoint="silent"`)
			fmt.Printf("    silence: %d connections opened, %d open, %.0f profiles sent, %.0f wait\n",
				s.opened.Load(), s.open.Load(), sent, waits)
			if s.opened.Load() < s.epoch.Load() || sent == 0 || waits > 100 {
				findings = append(findings, "delivery did not go on over new connections")
			}
			if s.open.Load() > 3 {
				findings = append(findings, fmt.Sprintf("%d connections are open", s.open.Load()))
			}
			return findings
		},
		shortest: 25 * time.Second, // a timeout of 3 s and then a pause of up to 10 s
	})
}
