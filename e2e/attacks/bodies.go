package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// scrapeOnly is a component that scrapes one profile type of the targets every 5 s, as the good neighbours are.
func scrapeOnly(name, profileType, targets, more string) string {
	var off []string
	for _, t := range []string{"process_cpu", "memory", "mutex", "block", "goroutine"} {
		if t != profileType {
			off = append(off, t+" { enabled = false }")
		}
	}
	return fmt.Sprintf(`pyroscope.scrape.%s {
  targets = [
%s  ]
  scrape_interval = 5s
  profiling_config { profile { %s } }
  forward_to = [ pyroscope.write.sink.receiver ]
%s
}
`, name, targets, strings.Join(off, ", "), more)
}

// incompressible is a valid profile of about so many bytes over the wire.
func incompressible(size int) []byte {
	p := stacks([]*profile.ValueType{{Type: "goroutine", Unit: "count"}}, 10, 1)
	for n := 0; n < size; n += 4000 {
		text := make([]byte, 4000)
		for i := range text {
			text[i] = byte('0' + rand.IntN(64))
		}
		p.Comments = append(p.Comments, string(text))
	}
	var plain, out bytes.Buffer
	_ = p.WriteUncompressed(&plain)
	z, _ := gzip.NewWriterLevel(&out, gzip.NoCompression)
	_, _ = z.Write(plain.Bytes())
	_ = z.Close()
	return out.Bytes()
}

// slowly sends a body in pieces of equal size and pause.
func (w *world) slowly(rw http.ResponseWriter, body []byte, length time.Duration) {
	steps := int(length / (50 * time.Millisecond))
	step := len(body)/steps + 1
	for at := 0; at < len(body); at += step {
		if _, err := rw.Write(body[at:min(len(body), at+step)]); err != nil {
			return
		}
		rw.(http.Flusher).Flush()
		if !w.pause(50 * time.Millisecond) {
			return
		}
	}
}

// pause is false when the world has ended.
func (w *world) pause(length time.Duration) bool {
	select {
	case <-w.done:
		return false
	case <-time.After(length):
		return true
	}
}

func init() {
	attacks = append(attacks,
		attack{
			name: "stop-in-the-middle",
			what: "8 targets send 15 of the 16 MiB that they announce, and then nothing",
			start: func(w *world) (string, error) {
				body := incompressible(15 << 20)
				port, err := w.peer(func(rw http.ResponseWriter, r *http.Request) {
					rw.Header().Set("Content-Length", fmt.Sprint(16<<20))
					if _, err := rw.Write(body); err == nil {
						rw.(http.Flusher).Flush()
						select {
						case <-w.done:
						case <-r.Context().Done():
						}
					}
				})
				return scrapeOnly("bad", "process_cpu", targets(8, port, ""), ""), err
			},
		},
		attack{
			name: "thirty-large",
			what: "30 honest targets with 10 MB each, sent within 6 s, of which not all fit: every one makes progress",
			start: func(w *world) (string, error) {
				body := incompressible(10_000_000)
				port, err := w.peer(func(rw http.ResponseWriter, r *http.Request) { w.slowly(rw, body, 6*time.Second) })
				config := scrapeOnly("large", "goroutine", targets(30, port, ""), "")
				return strings.Replace(config, "scrape_interval = 5s", "scrape_interval = 15s", 1), err
			},
			check: func(w *world) (findings []string) {
				all, err := w.active()
				if err != nil {
					return []string{err.Error()}
				}
				done := 0
				for _, a := range all {
					if a.Component != "pyroscope.scrape.large" {
						continue
					}
					if a.Scrapes > a.Failures {
						done++
					}
					if strings.Contains(a.LastError, "scrape_timeout") {
						findings = append(findings, a.URL+": "+a.LastError)
					}
				}
				fmt.Printf("    thirty-large: %d of 30 targets were scraped; scrapes without memory: %.0f\n", done,
					w.metric("stoker_scrapes_total", `component="pyroscope.scrape.large"`, `outcome="memory"`))
				if done < 30 {
					findings = append(findings, fmt.Sprintf("%d of 30 large targets were scraped at least once", done))
				}
				return findings
			},
			shortest: 90 * time.Second,
		},
		attack{
			name: "content-length",
			what: "a target without a limit, and one with a label that sets it to 2000 MiB, announce 1.9 GB",
			start: func(w *world) (string, error) {
				port, err := w.peer(func(rw http.ResponseWriter, r *http.Request) {
					rw.Header().Set("Content-Length", "1900000000")
					for w.pause(time.Second) {
						if _, err := rw.Write([]byte{0x1f}); err != nil {
							return
						}
						rw.(http.Flusher).Flush()
					}
				})
				return scrapeOnly("unlimited", "goroutine", targets(1, port, ""), "  max_body_size = 0\n  max_inflated_size = 0") +
					scrapeOnly("labelled", "goroutine", targets(1, port, `, "__max_body_size__" = "2000MiB"`), ""), err
			},
		})
}
