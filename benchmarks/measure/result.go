package main

import (
	"fmt"
	"strings"
	"time"
)

// A result is what one workload's window showed.
type result struct {
	name     string
	workload workload
	window   time.Duration

	cpu, farmCPU, sinkCPU      cpu
	peak                       memory
	scrapes, failures, skipped int64
	active                     loops
	delivery                   delivery
	farm                       farmStats
	sink                       sinkStats
	caches                     map[string]lookups // over the window
	exit                       string
	stop                       time.Duration
}

const header = "| workload | CPU s | cores | CPU ms/scrape | CPU ms/profile | peak RSS MB | peak anon MB | lifetime peak MB " +
	"| scrapes/s | expected/s | missed ticks | failures | profiles/s | MB/s out | cache hits | exit |\n" +
	"|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"

// row counts a megabyte as 10^6 bytes. Missed ticks are the collector's own count and the farm's.
func (r result) row() string {
	s := r.window.Seconds()
	return fmt.Sprintf("| %s | %.1f | %.3f | %s | %s | %.0f | %.0f | %.0f | %.2f | %.2f | %d (farm: %s) | %d | %.2f | %.2f | %s | %s in %.1f s |",
		r.name, r.cpu.total(), r.cpu.total()/s, milliseconds(r.cpu.total(), r.scrapes), milliseconds(r.cpu.total(), r.sink.Profiles),
		mb(r.peak.rss), mb(r.peak.anon), mb(r.peak.hwm), float64(r.scrapes)/s, r.expected(), r.skipped, r.farmMissed(), r.failures,
		float64(r.sink.Profiles)/s, mb(r.sink.Bytes)/s, hitRates(r.caches), r.exit, r.stop.Seconds())
}

func milliseconds(seconds float64, of int64) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", seconds*1000/float64(of))
}

// perProfile is CPU in seconds per profile that the sink received.
func (r result) perProfile() float64 { return r.cpu.total() / float64(max(1, r.sink.Profiles)) }

// expected scrapes a second, those of targets that do not answer included.
func (r result) expected() float64 {
	return float64(r.workload.loops()) / r.workload.interval.Seconds()
}

// farmMissed is "-" for real processes, which do not count.
func (r result) farmMissed() string {
	if r.workload.real {
		return "-"
	}
	return fmt.Sprint(r.farm.Total.Missed)
}

// explained shows what explains the row, and what would make it void. One text: two runs may print at once.
func (r result) explained() string {
	var b strings.Builder
	s := r.window.Seconds()
	fmt.Fprintf(&b, "%s:\n", r.name)
	fmt.Fprintf(&b, "  collector CPU: %.1f s user, %.1f s system; beside it farm %.3f cores, sink %.3f cores\n",
		r.cpu.user, r.cpu.system, r.farmCPU.total()/s, r.sinkCPU.total()/s)
	fmt.Fprintf(&b, "  collector: %d loops of %d, health %v, last error %q\n", r.active.count, r.workload.loops(), r.active.health, r.active.lastError)
	if r.workload.real {
		fmt.Fprintf(&b, "  scraped: %d processes\n", r.workload.targets)
	} else {
		r.farmExplained(&b)
	}
	fmt.Fprintf(&b, "  sink: %d requests with %d profiles, %.2f MB/s, %.1f KB a profile, %d rejected, %d invalid, %d in flight at most\n",
		r.sink.Requests, r.sink.Profiles, mb(r.sink.Bytes)/s, float64(r.sink.Bytes)/1000/float64(max(1, r.sink.Profiles)),
		r.sink.Rejected, r.sink.Invalid, r.sink.Peak)
	fmt.Fprintf(&b, "  caches: %s\n", hitRates(r.caches))
	d := r.delivery
	fmt.Fprintf(&b, "  delivery since start: %d offered, %d sent, %d dropped, %d queued, %d in flight\n",
		d.offered, d.sent, d.dropped, d.queued, d.inFlight)
	fmt.Fprintf(&b, "  SIGTERM: %s, after %.1f s\n", r.exit, r.stop.Seconds())
	return b.String()
}

func (r result) farmExplained(b *strings.Builder) {
	fmt.Fprintf(b, "  farm: %d requests, %d answered, %d busy, %d aborted, %d missed, %d wrapped\n", r.farm.Total.Requests,
		r.farm.Total.Answered, r.farm.Total.Busy, r.farm.Total.Aborted, r.farm.Total.Missed, r.farm.Total.Wrapped)
	for _, t := range allTypes {
		if n := r.farm.Types[t]; n.Loops > 0 {
			fmt.Fprintf(b, "    %-11s %d targets asked, %d to %d times each\n", t, n.Loops, n.Min, n.Max)
		}
	}
}

// counts tells why the row does not count. Where only some targets answer, those have to be scraped; the others fail.
func (r result) counts() error {
	expected := r.expected() * r.window.Seconds()
	good, failed := r.scrapes, r.failures
	if r.workload.answering < 1 {
		expected, good, failed = expected*r.workload.answering, r.farm.Total.Answered, 0
	}
	switch {
	case float64(good) < 0.95*expected:
		return fmt.Errorf("%d scrapes of %.0f", good, expected)
	case failed > 0:
		return fmt.Errorf("%d scrapes failed, the last one: %s", failed, r.active.lastError)
	case r.delivery.dropped > 0:
		return fmt.Errorf("%d profiles were dropped", r.delivery.dropped)
	case r.exit != "exit status 0":
		return fmt.Errorf("the collector ended with %s", r.exit)
	}
	return nil
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }
