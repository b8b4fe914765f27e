package main

import (
	"compress/flate"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
)

// A shape is how bodies differ: from one answer to the next, and from one target to another.
type shape struct {
	seed        uint64
	generations int     // successive bodies
	changed     float64 // share of the samples that have other values in the next answer
	fresh       float64 // stacks that the next answer has and this one has not
	builds      int     // programs, each with stacks and tables of its own
	histories   int     // processes of a build: the same stacks, found in another order and some not at all
}

func (sh shape) valid() bool {
	return sh.changed >= 0 && sh.changed <= 1 && sh.fresh >= 0 && sh.builds > 0 && sh.histories > 0
}

// age of a process at its first answer, in intervals. Its counters are as large as those of one that has run for hours.
const age = 300

// A series is the successive bodies of one kind: what a target answers to its first request, its second and so on.
type series struct {
	kind   kind
	types  []byte // what stands between time_nanos and duration_nanos
	bodies []body
}

// all series of a kind, one for each history of each build. The same shape gives the same bytes.
func (sh shape) all(k kind) ([]series, error) {
	w, err := deflater()
	if err != nil {
		return nil, err
	}
	var out []series
	for build := range sh.builds {
		rng := rand.New(rand.NewPCG(sh.seed+uint64(build), nameSeed(k.name)))
		prog := newProgram(rng, k.functions, k.sites, k.fan)
		pool := k.pool(rng, prog, k.samples*5/4+sh.freshUntil(sh.generations))
		for range sh.histories {
			h := newHistory(k, sh, prog, pool, rng)
			s := series{kind: k}
			for g := range sh.generations {
				if g > 0 {
					h.move(g)
				}
				b, types, err := h.body(w)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", k.name, err)
				}
				s.types = types
				s.bodies = append(s.bodies, b)
			}
			out = append(out, s)
		}
	}
	return out, nil
}

// freshUntil is how many new stacks there were in all by a generation.
func (sh shape) freshUntil(generation int) int { return int(sh.fresh*float64(generation) + 1e-9) }

func nameSeed(name string) uint64 {
	var h uint64 = 14695981039346656037
	for _, c := range []byte(name) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// A history is one process as it goes on.
type history struct {
	kind    kind
	shape   shape
	program *program
	rng     *rand.Rand
	wire    *wire
	all     []*sample // the newest first
	unseen  []sample
}

func newHistory(k kind, sh shape, prog *program, pool []sample, rng *rand.Rand) *history {
	h := &history{kind: k, shape: sh, program: prog, rng: rng, wire: newWire(), unseen: slices.Clone(pool)}
	rng.Shuffle(len(h.unseen), func(i, j int) { h.unseen[i], h.unseen[j] = h.unseen[j], h.unseen[i] })
	for range k.samples {
		h.all = append(h.all, h.find(age))
	}
	return h
}

// find is a stack that the process had not yet.
func (h *history) find(intervals float64) *sample {
	s := h.unseen[0]
	h.unseen = h.unseen[1:]
	s.values = make([]uint64, len(h.kind.types))
	h.kind.grow(h.rng, &s, intervals)
	return &s
}

// move makes the next generation. Cumulative values only grow.
func (h *history) move(generation int) {
	order := h.rng.Perm(len(h.all))
	for _, i := range order[:int(h.shape.changed*float64(len(order))+0.5)] {
		if !h.kind.cumulative {
			clear(h.all[i].values)
		}
		h.kind.grow(h.rng, h.all[i], 1)
	}
	for range h.shape.freshUntil(generation) - h.shape.freshUntil(generation-1) {
		s := h.find(1)
		if h.kind.cumulative {
			h.all = slices.Insert(h.all, 0, s)
		} else { // what was before is not kept
			h.all[h.rng.IntN(len(h.all))] = s
		}
	}
}

// body writes a generation. time_nanos, and with it all before duration_nanos, is left to the stamp.
func (h *history) body(compress *flate.Writer) (b body, types []byte, err error) {
	w, k := h.wire, h.kind
	w.again()
	if k.timed { // first of all comes what the stamp has
		k.writeTypes(w)
		types = slices.Clone(w.out)
		w.out = w.out[:0]
		k.writePeriod(w)
	} else {
		k.writePeriod(w)
		k.writeTypes(w)
	}
	for _, s := range k.sorted(h.rng, h.all) {
		w.sample(h.program, s)
	}
	stamped := len(w.out)
	if k.timed {
		stamped = 0
	}
	w.end(h.program)
	b, err = newBody(compress, w.out[:stamped], w.out[stamped:])
	return b, types, err
}

func (k kind) writeTypes(w *wire) {
	for _, t := range k.types {
		w.valueType(1, t)
	}
	if k.preferred != "" {
		w.number(14, w.text(k.preferred))
	}
}

func (k kind) writePeriod(w *wire) {
	w.valueType(11, k.period)
	w.number(12, uint64(k.periodVal))
}

// stamp is what differs from answer to answer: time_nanos (field 9) and, when positive, duration_nanos (field 10).
func (s series) stamp(timeNanos, durationNanos int64) []byte {
	out := binary.AppendUvarint([]byte{9 << 3}, uint64(timeNanos))
	out = append(out, s.types...)
	if durationNanos > 0 {
		out = binary.AppendUvarint(append(out, 10<<3), uint64(durationNanos))
	}
	return out
}

// sizes of the smallest and the largest answer of the series, and of its largest body inflated.
func (s series) sizes() (gzipMin, gzipMax, inflated int) {
	stamp := len(s.stamp(1<<60, 0))
	gzipMin = s.bodies[0].size(stamp)
	for _, b := range s.bodies {
		gzipMin = min(gzipMin, b.size(stamp))
		gzipMax = max(gzipMax, b.size(stamp))
		inflated = max(inflated, int(b.inflated(stamp)))
	}
	return gzipMin, gzipMax, inflated
}
