package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// A kind is one of the profile types a target serves, with the size its bodies are to have.
// functions, sites, fan and depth were found by trial: they are what makes the bodies come out at the sizes.
type kind struct {
	name       string // the collector's name of the type
	path       string
	types      []valueType
	preferred  string // default sample type
	period     valueType
	periodVal  int64
	timed      bool // the answer takes ?seconds=
	cumulative bool // values only grow from one answer to the next
	order      order

	samples   int
	functions int
	sites     int
	fan       int
	depth     int // mean

	wantGzip     int // bytes
	wantInflated int // bytes, 0 = any
}

type valueType struct{ name, unit string }

// order of the samples of an answer, by what Go's runtime does.
type order int

const (
	newestFirst  order = iota // heap: the list of buckets grows at its head
	largestFirst              // mutex, block, goroutine: sorted by the last value
	seenFirst                 // CPU: by the first time that the profiler hit a stack, in each profile anew
)

var kinds = []kind{
	{
		name: "process_cpu", path: "/debug/pprof/profile", timed: true, order: seenFirst,
		types:  []valueType{{"samples", "count"}, {"cpu", "nanoseconds"}},
		period: valueType{"cpu", "nanoseconds"}, periodVal: 10_000_000,
		samples: 1400, functions: 1170, sites: 2320, fan: 3, depth: 27, wantGzip: 74_000,
	},
	{
		name: "memory", path: "/debug/pprof/allocs", cumulative: true, order: newestFirst, preferred: "alloc_space",
		types: []valueType{
			{"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"},
		},
		period: valueType{"space", "bytes"}, periodVal: 524_288,
		samples: 3000, functions: 2150, sites: 4900, fan: 3, depth: 31, wantGzip: 187_000, wantInflated: 469_000,
	},
	{
		name: "goroutine", path: "/debug/pprof/goroutine", order: largestFirst,
		types:  []valueType{{"goroutine", "count"}},
		period: valueType{"goroutine", "count"}, periodVal: 1,
		samples: 250, functions: 410, sites: 780, fan: 3, depth: 28, wantGzip: 20_000,
	},
	{
		name: "mutex", path: "/debug/pprof/mutex", cumulative: true, order: largestFirst,
		types:  []valueType{{"contentions", "count"}, {"delay", "nanoseconds"}},
		period: valueType{"contentions", "count"}, periodVal: 1,
		samples: 300, functions: 360, sites: 570, fan: 3, depth: 27, wantGzip: 20_000,
	},
	{
		name: "block", path: "/debug/pprof/block", cumulative: true, order: largestFirst,
		types:  []valueType{{"contentions", "count"}, {"delay", "nanoseconds"}},
		period: valueType{"contentions", "count"}, periodVal: 1,
		samples: 300, functions: 450, sites: 580, fan: 3, depth: 21, wantGzip: 20_000,
	},
}

// A sample is one stack of a target, with what tells it from another of the same stack.
type sample struct {
	stack  []int  // sites, the leaf first
	size   int64  // of the allocated objects; heap only
	label  string // CPU only
	weight float64
	values []uint64
}

// pool invents so many different stacks of a program, without values.
func (k kind) pool(rng *rand.Rand, prog *program, n int) []sample {
	type identity struct {
		stack string
		size  int64
		label string
	}
	seen := map[identity]bool{}
	var out []sample
	for len(out) < n {
		s := sample{weight: math.Exp(1.2 * rng.NormFloat64())}
		// In a heap profile one stack often allocates in several sizes; each is a sample, told apart by its label.
		if k.name == "memory" && len(out) > 0 && rng.IntN(10) == 0 {
			s.stack = out[len(out)-1].stack
		} else {
			s.stack = prog.stack(rng, max(3, k.depth/2+rng.IntN(k.depth)))
		}
		if k.name == "memory" {
			s.size = 16 << rng.IntN(12)
		}
		if k.name == "process_cpu" && rng.IntN(3) == 0 {
			s.label = "/api/v1/" + nouns[rng.IntN(6)]
		}
		if id := (identity{text(s.stack), s.size, s.label}); !seen[id] {
			seen[id] = true
			out = append(out, s)
		}
	}
	return out
}

func text(stack []int) string {
	out := make([]byte, 0, 3*len(stack))
	for _, site := range stack {
		out = append(out, byte(site), byte(site>>8), byte(site>>16))
	}
	return string(out)
}

// grow adds to a sample's values what so many intervals would.
func (k kind) grow(rng *rand.Rand, s *sample, intervals float64) {
	v := s.values
	switch k.name {
	case "process_cpu":
		n := 1 + uint64(rng.ExpFloat64()*2)
		v[0] += n
		v[1] += n * uint64(k.periodVal)
	case "memory":
		unit := max(1, k.periodVal/s.size)
		n := uint64(1 + int64(rng.ExpFloat64()*2*s.weight*intervals)*unit + rng.Int64N(unit))
		v[0] += n
		v[1] += n * uint64(s.size)
		v[2] = 0
		if rng.IntN(4) == 0 { // most of what was allocated is collected again
			v[2] = rng.Uint64N(n + 1)
		}
		v[3] = v[2] * uint64(s.size)
	case "goroutine":
		v[0] += 1 + uint64(rng.ExpFloat64()*3)
	default:
		n := 1 + uint64(rng.ExpFloat64()*10*s.weight*intervals)
		v[0] += n
		v[1] += n * uint64(500+rng.Int64N(2_000_000))
	}
}

// sorted gives the samples in the order of an answer; all is in that of a heap's buckets.
func (k kind) sorted(rng *rand.Rand, all []*sample) []*sample {
	out := slices.Clone(all)
	last := len(k.types) - 1
	switch k.order {
	case largestFirst:
		slices.SortStableFunc(out, func(a, b *sample) int { return cmp.Compare(b.values[last], a.values[last]) })
	case seenFirst:
		at := make(map[*sample]float64, len(out))
		for _, s := range out {
			at[s] = rng.ExpFloat64() / float64(s.values[0])
		}
		slices.SortFunc(out, func(a, b *sample) int { return cmp.Compare(at[a], at[b]) })
	}
	return out
}
