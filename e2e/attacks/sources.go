package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

func init() {
	attacks = append(attacks,
		attack{
			name: "thread-names",
			what: "3 thread dump endpoints whose names have 60,000 characters, new ones in each dump",
			start: func(w *world) (string, error) {
				var bodies [][]byte
				pad := strings.Repeat("x", 60_000)
				for n := range 20 {
					var b bytes.Buffer
					z := gzip.NewWriter(&b)
					_, _ = io.WriteString(z, `{"threads":[`)
					for i := range 500 {
						if i > 0 {
							_, _ = io.WriteString(z, ",")
						}
						_, _ = fmt.Fprintf(z, `{"threadState":"RUNNABLE","stackTrace":[{"className":"c%d_%d%s","methodName":"m%s"}]}`, n, i, pad, pad)
					}
					_, _ = io.WriteString(z, `]}`)
					_ = z.Close()
					bodies = append(bodies, b.Bytes())
				}
				var n atomic.Int64
				port, err := w.peer(func(rw http.ResponseWriter, r *http.Request) {
					rw.Header().Set("Content-Encoding", "gzip")
					_, _ = rw.Write(bodies[n.Add(1)%20])
				})
				return source("names", "threaddump", targets(3, port, "")), err
			},
		},
		attack{
			name: "jolokia-empty",
			what: "3 Jolokia targets that answer with empty blocks for ever",
			start: func(w *world) (string, error) {
				j := &jolokia{names: map[string]any{}}
				port, err := w.peer(j.serve)
				return source("jolokia", "jolokia", targets(3, port, "")), err
			},
			check: func(w *world) (findings []string) {
				all, err := w.active()
				if err != nil {
					return []string{err.Error()}
				}
				for _, a := range all {
					if a.Component == "pyroscope.scrape.jolokia" && !strings.Contains(a.LastError, "empty blocks") {
						findings = append(findings, a.URL+": "+a.LastError)
					}
				}
				return findings
			},
		},
		attack{
			name: "label-flood",
			what: "a discovery document of 300 kB gives 10,000 labels to each of 10,000 targets",
			start: func(w *world) (string, error) {
				labels, addresses := map[string]string{}, []string{}
				for i := range 10_000 {
					labels[fmt.Sprintf("l%d", i)] = "v"
					addresses = append(addresses, fmt.Sprintf("127.1.%d.%d:9", i/250, 1+i%250))
				}
				body, err := json.Marshal([]map[string]any{{"targets": addresses, "labels": labels}})
				if err != nil {
					return "", err
				}
				port, err := w.peer(func(rw http.ResponseWriter, r *http.Request) {
					rw.Header().Set("Content-Type", "application/json")
					_, _ = rw.Write(body)
				})
				return fmt.Sprintf(`discovery.http.flood { url = "http://127.0.0.1:%s/", refresh_interval = 5s }
pyroscope.scrape.flood { targets = discovery.http.flood.targets, forward_to = [ pyroscope.write.sink.receiver ] }
`, port), err
			},
		})
}

func source(name, kind, targets string) string {
	return fmt.Sprintf(`pyroscope.scrape.%s {
  source = %s
  targets = [
%s  ]
  scrape_interval = 5s
  scrape_timeout = 4s
  forward_to = [ pyroscope.write.sink.receiver ]
}
`, name, kind, targets)
}

// A jolokia knows just enough of the FlightRecorder MBean to be believed.
type jolokia struct {
	mu    sync.Mutex
	names map[string]any
	id    int
}

func (j *jolokia) serve(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	if bytes.HasPrefix(body, []byte("{")) {
		_, _ = io.WriteString(rw, `{"status":200,"value":[]}`)
		return
	}
	var requests []struct {
		Operation string
		Arguments []any
	}
	_ = json.Unmarshal(body, &requests)
	answers := []any{}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, request := range requests {
		j.id++
		var value any = j.id
		switch request.Operation {
		case "":
			value = []any{}
		case "setRecordingOptions":
			if options, is := request.Arguments[1].(map[string]any); is {
				j.names[fmt.Sprint(request.Arguments[0])] = options["name"]
			}
		case "getRecordingOptions":
			value = map[string]any{"name": j.names[fmt.Sprint(request.Arguments[0])]}
		}
		answers = append(answers, map[string]any{"status": 200, "value": value})
	}
	_ = json.NewEncoder(rw).Encode(answers)
}
