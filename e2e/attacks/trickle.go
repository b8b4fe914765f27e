package main

import (
	"fmt"
	"net/http"
	"time"
)

func init() {
	attacks = append(attacks, attack{
		name: "trickle",
		what: "8 targets announce 16 MiB and send a byte a second",
		start: func(w *world) (string, error) {
			port, err := w.peer(func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Content-Length", fmt.Sprint(16<<20))
				for {
					if _, err := rw.Write([]byte{0x1f}); err != nil {
						return
					}
					rw.(http.Flusher).Flush()
					select {
					case <-w.done:
						return
					case <-time.After(time.Second):
					}
				}
			})
			return fmt.Sprintf(`pyroscope.scrape.bad {
  targets = [
%s  ]
  scrape_interval = 5s
  profiling_config { profile { memory { enabled = false }, mutex { enabled = false }, block { enabled = false }, goroutine { enabled = false } } }
  forward_to = [ pyroscope.write.sink.receiver ]
}
`, targets(8, port, "")), err
		},
	})
}
