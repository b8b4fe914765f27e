package main

import (
	"math/rand/v2"
	"time"
)

// A scenario is what happens between the farm and the sink. Everything drawn at random comes from the seed.
type scenario struct {
	name, what  string
	targets     int
	interval    time.Duration
	backlogRate string        // of the endpoint; "" = the default
	outage      []mode        // after warm, one after another
	outageFor   time.Duration // all of them together
	warm        time.Duration
	flap        bool // from then on, until the last stop of the collector
	stops       []stop
	restarts    time.Duration // mean time between restarts of targets; 0 = none
	reloads     int
	pause       time.Duration // mean time between reloads
	drainLimit  time.Duration
	pushers     int           // clients that push to the collector; 0 = it has no door
	pushPause   time.Duration // mean time between two pushes of one
	queue       string        // bounds of the queue; "" = what no run fills
}

// A stop of the collector, so long after its start; the next process starts after the pause.
type stop struct {
	after, pause time.Duration
	kill         bool
}

// A step of the sink.
type step struct {
	mode mode
	for_ time.Duration
}

func scenarios(rng *rand.Rand) []scenario {
	outage := []mode{refuse, fail500, hang, reset}
	out := []scenario{
		{
			name: "short", what: "a short outage, a flapping backend, two kills and one clean restart",
			targets: 10, interval: 3 * time.Second, warm: 8 * time.Second, outage: outage, outageFor: 10 * time.Second,
			flap: true, drainLimit: 45 * time.Second, backlogRate: "0",
			stops: []stop{killIn(rng, 12, 18), killIn(rng, 7, 12), termIn(rng, 9, 12)},
		},
		{
			name: "outage", what: "the backend is away for ten minutes; the backlog may drain as fast as it can",
			targets: 100, interval: 5 * time.Second, warm: time.Minute, outage: outage, outageFor: 10 * time.Minute,
			drainLimit: 5 * time.Minute, backlogRate: "0",
		},
		{
			name: "outage-paced", what: "the same at the default backlog_rate",
			targets: 100, interval: 5 * time.Second, warm: time.Minute, outage: outage, outageFor: 10 * time.Minute,
			drainLimit: 15 * time.Minute,
		},
		{
			name: "kill", what: "kill -9 at random moments, 50 times, with a flapping backend",
			targets: 100, interval: 5 * time.Second, warm: 5 * time.Second, flap: true, drainLimit: 5 * time.Minute,
			backlogRate: "0",
		},
		{
			name: "targets", what: "targets restart all the time, the collector too",
			targets: 40, interval: 5 * time.Second, warm: 5 * time.Second, flap: true, drainLimit: 3 * time.Minute,
			restarts: 2 * time.Second, backlogRate: "0",
		},
		{
			name: "reload-short", what: "20 edits of the config, good ones and bad ones",
			targets: 20, interval: 3 * time.Second, warm: 7 * time.Second, drainLimit: time.Minute,
			reloads: 20, pause: 900 * time.Millisecond,
		},
		{
			name: "reload", what: "200 edits of the config, good ones and bad ones",
			targets: 200, interval: 15 * time.Second, warm: 35 * time.Second, drainLimit: 3 * time.Minute,
			reloads: 200, pause: 2 * time.Second,
		},
		{
			name: "push-short", what: "clients push: a short outage, in which the queue is full, a flapping backend, two kills and one clean restart",
			interval: 3 * time.Second, warm: 3 * time.Second, outage: outage, outageFor: 8 * time.Second, flap: true, drainLimit: 45 * time.Second,
			backlogRate: "0", pushers: 8, pushPause: 80 * time.Millisecond, queue: smallQueue,
			stops: []stop{killIn(rng, 5, 8), killIn(rng, 4, 6), termIn(rng, 5, 7)},
		},
		{
			name: "push", what: "clients push: kill -9 at random moments, ten times, with a flapping backend and a queue that is soon full",
			interval: 3 * time.Second, warm: 5 * time.Second, flap: true, drainLimit: 2 * time.Minute,
			backlogRate: "0", pushers: 24, pushPause: 200 * time.Millisecond, queue: smallQueue,
		},
		{
			name: "push-outage", what: "clients push while the backend is away for ten minutes, beside targets that are scraped",
			targets: 20, interval: 5 * time.Second, warm: 20 * time.Second, outage: outage, outageFor: 10 * time.Minute,
			drainLimit: 5 * time.Minute, backlogRate: "0", pushers: 16, pushPause: 400 * time.Millisecond,
		},
	}
	for i := range out {
		switch out[i].name {
		case "push":
			for range 10 {
				out[i].stops = append(out[i].stops, anyKill(rng))
			}
		case "kill":
			for range 50 {
				out[i].stops = append(out[i].stops, anyKill(rng))
			}
		case "targets":
			for range 6 {
				out[i].stops = append(out[i].stops, killIn(rng, 15, 40), termIn(rng, 15, 40))
			}
		}
	}
	return out
}

// smallQueue is full after a few seconds of what clients push, so that they are told to come again later.
const smallQueue = "memory = 3MiB, disk = 8MiB"

func between(rng *rand.Rand, from, to float64) time.Duration {
	return time.Duration((from + (to-from)*rng.Float64()) * float64(time.Second))
}

// The pause lets the kernel hand out what the dead process had asked for, so that the farm knows who asked.
func killIn(rng *rand.Rand, from, to float64) stop {
	return stop{after: between(rng, from, to), pause: between(rng, 0.15, 2), kill: true}
}

func termIn(rng *rand.Rand, from, to float64) stop {
	return stop{after: between(rng, from, to), pause: between(rng, 0.15, 2)}
}

// anyKill may come while the process starts and recovers.
func anyKill(rng *rand.Rand) stop {
	if rng.IntN(5) == 0 {
		return killIn(rng, 0.2, 4)
	}
	return killIn(rng, 4, 32)
}

// steps is what the sink does, in order; the last one holds until the run's end puts it right.
func (s scenario) steps(rng *rand.Rand) []step {
	out := []step{{ok, s.warm}}
	for _, m := range s.outage {
		out = append(out, step{m, s.outageFor / time.Duration(len(s.outage))})
	}
	if s.flap {
		faults := []mode{refuse, fail500, hang, reset, unanswered, throttle, retryAfter, slow, lottery, lottery}
		for range 1000 { // some hours
			out = append(out, step{ok, between(rng, 1, 10)}, step{faults[rng.IntN(len(faults))], between(rng, 0.5, 8)})
		}
	}
	return append(out, step{ok, 0})
}
