package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"github.com/google/pprof/profile"
)

// A kind is one of the profile types a target serves, with the size its bodies are to have.
// functions, sites, fan and depth were found by trial: they are what makes the bodies come out at the sizes.
type kind struct {
	name       string // the collector's name of the type
	path       string
	types      []*profile.ValueType
	period     *profile.ValueType
	periodVal  int64
	timed      bool // the answer takes ?seconds=
	cumulative bool // values only grow from one answer to the next

	samples   int
	functions int
	sites     int
	fan       int
	depth     int // mean

	wantGzip     int // bytes
	wantInflated int // bytes, 0 = any
}

var kinds = []kind{
	{
		name: "process_cpu", path: "/debug/pprof/profile", timed: true,
		types:  []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		period: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, periodVal: 10_000_000,
		samples: 1400, functions: 1100, sites: 1980, fan: 3, depth: 26, wantGzip: 74_000,
	},
	{
		name: "memory", path: "/debug/pprof/allocs", cumulative: true,
		types: []*profile.ValueType{
			{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"},
			{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"},
		},
		period: &profile.ValueType{Type: "space", Unit: "bytes"}, periodVal: 524_288,
		samples: 3000, functions: 3000, sites: 5400, fan: 2, depth: 32, wantGzip: 187_000, wantInflated: 469_000,
	},
	{
		name: "goroutine", path: "/debug/pprof/goroutine",
		types:  []*profile.ValueType{{Type: "goroutine", Unit: "count"}},
		period: &profile.ValueType{Type: "goroutine", Unit: "count"}, periodVal: 1,
		samples: 250, functions: 320, sites: 576, fan: 3, depth: 26, wantGzip: 20_000,
	},
	{
		name: "mutex", path: "/debug/pprof/mutex", cumulative: true,
		types:  []*profile.ValueType{{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}},
		period: &profile.ValueType{Type: "contentions", Unit: "count"}, periodVal: 1,
		samples: 300, functions: 300, sites: 480, fan: 3, depth: 26, wantGzip: 20_000,
	},
	{
		name: "block", path: "/debug/pprof/block", cumulative: true,
		types:  []*profile.ValueType{{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}},
		period: &profile.ValueType{Type: "contentions", Unit: "count"}, periodVal: 1,
		samples: 300, functions: 380, sites: 456, fan: 3, depth: 20, wantGzip: 20_000,
	},
}

// A series is the successive bodies of one kind: what a target answers to its first request, its second and so on.
type series struct {
	kind   kind
	bodies []body
}

// newSeries generates so many successive bodies. The same seed gives the same bytes.
func newSeries(k kind, seed uint64, generations int) (series, error) {
	rng := rand.New(rand.NewPCG(seed, nameSeed(k.name)))
	p := k.first(rng)
	out := series{kind: k}
	for g := range generations {
		if g > 0 {
			k.move(rng, p)
		}
		var raw bytes.Buffer
		if err := p.WriteUncompressed(&raw); err != nil {
			return series{}, fmt.Errorf("%s: %w", k.name, err)
		}
		b, err := newBody(raw.Bytes())
		if err != nil {
			return series{}, fmt.Errorf("%s: %w", k.name, err)
		}
		out.bodies = append(out.bodies, b)
	}
	return out, nil
}

// at is the body of a target's n-th answer; past the last one it starts again, which looks like a restarted process.
func (s series) at(n int) body { return s.bodies[n%len(s.bodies)] }

func nameSeed(name string) uint64 {
	var h uint64 = 14695981039346656037
	for _, c := range []byte(name) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

func (k kind) first(rng *rand.Rand) *profile.Profile {
	prog := newProgram(rng, k.functions, k.sites, k.fan)
	p := &profile.Profile{
		SampleType: k.types, PeriodType: k.period, Period: k.periodVal, Mapping: []*profile.Mapping{prog.mapping},
	}
	if k.name == "memory" {
		p.DefaultSampleType = "inuse_space"
	}
	// Ids in the order of first use, as Go's runtime gives them.
	locations := map[int]*profile.Location{}
	location := func(i int) *profile.Location {
		if l, ok := locations[i]; ok {
			return l
		}
		s := prog.sites[i]
		l := &profile.Location{ID: uint64(len(p.Location) + 1), Mapping: prog.mapping, Address: s.address, Line: s.lines}
		for _, line := range s.lines {
			if line.Function.ID == 0 {
				p.Function = append(p.Function, line.Function)
				line.Function.ID = uint64(len(p.Function))
			}
		}
		locations[i] = l
		p.Location = append(p.Location, l)
		return l
	}
	seen := map[string]bool{}
	var last []*profile.Location
	for len(p.Sample) < k.samples {
		s := &profile.Sample{Value: make([]int64, len(k.types))}
		size := int64(16) << rng.IntN(12)
		// In a heap profile one stack often allocates in several sizes; each is a sample, told apart by its label.
		again := k.name == "memory" && last != nil && rng.IntN(10) == 0
		if again {
			s.Location = last
		} else {
			stack := prog.stack(rng, max(3, k.depth/2+rng.IntN(k.depth)))
			for _, i := range stack {
				s.Location = append(s.Location, location(i))
			}
		}
		key := fmt.Sprint(s.Location)
		switch k.name {
		case "memory":
			s.NumLabel = map[string][]int64{"bytes": {size}}
			key = fmt.Sprint(size, key)
		case "process_cpu":
			if rng.IntN(3) == 0 {
				s.Label = map[string][]string{"endpoint": {"/api/v1/" + nouns[rng.IntN(6)]}}
			}
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		last = s.Location
		k.grow(rng, s)
		p.Sample = append(p.Sample, s)
	}
	return p
}

// move makes the next generation in place: one sample in five moves. Cumulative values only grow.
func (k kind) move(rng *rand.Rand, p *profile.Profile) {
	order := rng.Perm(len(p.Sample))
	for _, i := range order[:len(order)/5] {
		if !k.cumulative {
			clear(p.Sample[i].Value)
		}
		k.grow(rng, p.Sample[i])
	}
}

// grow adds to a sample's values what another interval would.
func (k kind) grow(rng *rand.Rand, s *profile.Sample) {
	v := s.Value
	switch k.name {
	case "process_cpu":
		n := 1 + int64(rng.ExpFloat64()*2)
		v[0] += n
		v[1] += n * k.periodVal
	case "memory":
		size := s.NumLabel["bytes"][0]
		n := 1 + int64(rng.ExpFloat64()*2)*max(1, k.periodVal/size) + rng.Int64N(max(1, k.periodVal/size))
		v[0] += n
		v[1] += n * size
		v[2] = 0
		if rng.IntN(2) == 0 {
			v[2] = rng.Int64N(n + 1)
		}
		v[3] = v[2] * size
	case "goroutine":
		v[0] += 1 + int64(rng.ExpFloat64()*3)
	default:
		n := 1 + int64(rng.ExpFloat64()*40)
		v[0] += n
		v[1] += n * (500 + rng.Int64N(2_000_000))
	}
}

// sizes of the smallest and the largest answer of the series, and of its largest body inflated.
func (s series) sizes() (gzipMin, gzipMax, inflated int) {
	end := len(s.bodies[0].tail(stamp(1<<60, 0)))
	gzipMin = len(s.bodies[0].prefix) + end
	for _, b := range s.bodies {
		gzipMin = min(gzipMin, len(b.prefix)+end)
		gzipMax = max(gzipMax, len(b.prefix)+end)
		inflated = max(inflated, int(b.size))
	}
	return gzipMin, gzipMax, inflated
}
