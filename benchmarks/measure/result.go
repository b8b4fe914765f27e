package main

import (
	"fmt"
	"strings"
	"time"
)

// A result is what one workload's window showed.
type result struct {
	name     string
	loops    int // targets times profile types
	interval time.Duration
	window   time.Duration

	cpu, farmCPU, sinkCPU      cpu
	peak                       memory
	scrapes, failures, skipped int64
	active                     loops
	delivery                   delivery
	farm                       farmStats
	sink                       sinkStats
	exit                       string
	stop                       time.Duration
}

const header = "| workload | CPU s | cores | CPU ms/scrape | peak RSS MB | peak anon MB | lifetime peak MB " +
	"| scrapes/s | expected/s | missed ticks | failures | pushes/s | exit |\n" +
	"|---|---|---|---|---|---|---|---|---|---|---|---|---|"

// row counts a megabyte as 10^6 bytes. Missed ticks are the collector's own count and the farm's.
func (r result) row() string {
	s := r.window.Seconds()
	perScrape := "-"
	if r.scrapes > 0 {
		perScrape = fmt.Sprintf("%.2f", r.cpu.total()*1000/float64(r.scrapes))
	}
	return fmt.Sprintf("| %s | %.1f | %.3f | %s | %.0f | %.0f | %.0f | %.2f | %.2f | %d (farm: %d) | %d | %.2f | %s in %.1f s |",
		r.name, r.cpu.total(), r.cpu.total()/s, perScrape, mb(r.peak.rss), mb(r.peak.anon), mb(r.peak.hwm),
		float64(r.scrapes)/s, float64(r.loops)/r.interval.Seconds(), r.skipped, r.farm.Total.Missed, r.failures,
		float64(r.sink.Requests)/s, r.exit, r.stop.Seconds())
}

// explained shows what explains the row, and what would make it void. One text: two runs may print at once.
func (r result) explained() string {
	var b strings.Builder
	s := r.window.Seconds()
	fmt.Fprintf(&b, "%s:\n", r.name)
	fmt.Fprintf(&b, "  collector CPU: %.1f s user, %.1f s system; beside it farm %.3f cores, sink %.3f cores\n",
		r.cpu.user, r.cpu.system, r.farmCPU.total()/s, r.sinkCPU.total()/s)
	fmt.Fprintf(&b, "  collector: %d loops of %d, health %v, last error %q\n", r.active.count, r.loops, r.active.health, r.active.lastError)
	fmt.Fprintf(&b, "  farm: %d requests, %d answered, %d busy, %d aborted, %d missed, %d wrapped\n", r.farm.Total.Requests,
		r.farm.Total.Answered, r.farm.Total.Busy, r.farm.Total.Aborted, r.farm.Total.Missed, r.farm.Total.Wrapped)
	for _, t := range allTypes {
		if n := r.farm.Types[t]; n.Loops > 0 {
			fmt.Fprintf(&b, "    %-11s %d targets asked, %d to %d times each\n", t, n.Loops, n.Min, n.Max)
		}
	}
	fmt.Fprintf(&b, "  sink: %d requests with %d profiles, %.2f MB/s, %d rejected, %d invalid, %d in flight at most\n",
		r.sink.Requests, r.sink.Profiles, float64(r.sink.Bytes)/1e6/s, r.sink.Rejected, r.sink.Invalid, r.sink.Peak)
	d := r.delivery
	fmt.Fprintf(&b, "  delivery since start: %d offered, %d sent, %d dropped, %d queued, %d in flight\n",
		d.offered, d.sent, d.dropped, d.queued, d.inFlight)
	fmt.Fprintf(&b, "  SIGTERM: %s, after %.1f s\n", r.exit, r.stop.Seconds())
	return b.String()
}

// counts tells why the row does not count.
func (r result) counts() error {
	expected := float64(r.loops) / r.interval.Seconds() * r.window.Seconds()
	switch {
	case float64(r.scrapes) < 0.95*expected:
		return fmt.Errorf("%d scrapes of %.0f", r.scrapes, expected)
	case r.failures > 0:
		return fmt.Errorf("%d scrapes failed, the last one: %s", r.failures, r.active.lastError)
	case r.delivery.dropped > 0:
		return fmt.Errorf("%d profiles were dropped", r.delivery.dropped)
	case r.exit != "exit status 0":
		return fmt.Errorf("the collector ended with %s", r.exit)
	}
	return nil
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }
