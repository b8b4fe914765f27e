package main

import (
	"errors"
	"fmt"
	"io"
)

// A result is what a run leaves to print.
type result struct {
	options   options
	sent      counts
	cores     cores
	memory    int64
	sink      sinkStats
	endpoints []endpoint
}

type sinkStats struct {
	Profiles int64 `json:"profiles"`
	Raw      int64 `json:"raw_bytes"`
	Rejected int64 `json:"rejected"`
}

type endpoint struct {
	Offered  int64            `json:"offered"`
	Sent     int64            `json:"sent"`
	Dropped  map[string]int64 `json:"dropped"`
	Queued   int64            `json:"queued"`
	InFlight int64            `json:"in_flight"`
}

func (r result) print(w io.Writer) {
	o, seconds := r.options, (r.options.warmup + r.options.window).Seconds()
	fmt.Fprintf(w, "%d connections, aim %d pushes/s of %d bytes, %v after %v of warm-up; load average %s\n",
		o.connections, o.rate, o.size, o.window, o.warmup, loadAverage())
	fmt.Fprintf(w, "sent %d (%.0f/s), acknowledged %d, refused %d, failed %d; more than a second late %d\n",
		r.sent.sent, float64(r.sent.sent)/seconds, r.sent.taken, r.sent.refused, r.sent.failed, r.sent.late)
	fmt.Fprintf(w, "delivered %d of %d profiles, %d of %d bytes; lost %d\n",
		r.sink.Profiles, r.sent.taken, r.sink.Raw, r.sent.takenBytes, r.sent.taken-r.sink.Profiles)
	for _, e := range r.endpoints {
		fmt.Fprintf(w, "the endpoint's books: offered %d, sent %d, dropped %v, queued %d, in flight %d\n",
			e.Offered, e.Sent, e.Dropped, e.Queued, e.InFlight)
	}
	fmt.Fprintf(w, "in the window: %.0f profiles/s to the sink; cores: stoker %.3f (%.3f ms a profile), sink %.3f, clients %.3f; stoker's peak RSS %d MB\n",
		r.cores.rate, r.cores.stoker, 1000*r.cores.stoker/r.cores.rate, r.cores.sink, r.cores.clients, r.memory/1_000_000)
}

// wrong is what must not be: cores are a figure, a loss is a fault.
func (r result) wrong() error {
	switch {
	case r.sink.Profiles != r.sent.taken || r.sink.Raw != r.sent.takenBytes:
		return errors.New("what arrived is not what was acknowledged")
	case r.sent.failed > 0:
		return errors.New("pushes failed")
	case r.sent.sent != r.sent.taken+r.sent.refused:
		return errors.New("pushes without an answer")
	}
	return nil
}
