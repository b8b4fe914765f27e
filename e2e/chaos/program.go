package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// A program is the code of a fake service as far as one profile type shows it: stacks and the part of a body that
// never changes. Each stack has a leaf of its own; two stacks of a heap profile share one and differ by their label.
type program struct {
	shape  *shape
	stacks int
	trunk  [][]uint64 // location ids above the leaf, by stack
	head   head
}

const (
	leafName = "example.com/chaos/leaf."
	builds   = 4 // build ids a program can have, one for each version that is deployed
)

func newProgram(sh *shape, stacks int, seed uint64) *program {
	rng := rand.New(rand.NewPCG(seed, uint64(stacks)))
	p := &program{shape: sh, stacks: stacks}
	leaves, frames := p.leafOf(stacks-1)+1, 60+stacks/2
	for range stacks {
		var ids []uint64
		for range 6 + rng.IntN(10) {
			ids = append(ids, uint64(leaves+1+rng.IntN(frames)))
		}
		p.trunk = append(p.trunk, ids)
	}
	for i := range p.trunk {
		p.trunk[i] = p.trunk[p.firstOf(p.leafOf(i))]
	}
	p.head = newHead(p.constant(rng, leaves, frames))
	return p
}

func (p *program) heap() bool { return p.shape.name == "memory" }

func (p *program) leafOf(stack int) int {
	if p.heap() {
		return stack / 2
	}
	return stack
}

func (p *program) firstOf(leaf int) int {
	if p.heap() {
		return leaf * 2
	}
	return leaf
}

// constant is everything of the profile but samples, mapping and time. String 1 to builds are the build ids.
func (p *program) constant(rng *rand.Rand, leaves, frames int) []byte {
	table := []string{""}
	for b := range builds {
		table = append(table, fmt.Sprintf("7d1c5be60f3a4a2c9f6e8b0d34217a95c0e1f2%02d", b))
	}
	text := func(s string) uint64 {
		table = append(table, s)
		return uint64(len(table) - 1)
	}
	bytesLabel, unit := text("bytes"), text("bytes") // strings builds+1 and builds+2, see sample
	_, _ = bytesLabel, unit
	var m message
	for _, t := range p.shape.types {
		m = m.raw(1, message(nil).num(1, text(t[0])).num(2, text(t[1])))
	}
	m = m.raw(11, message(nil).num(1, text("period")).num(2, text("count"))).num(12, 1)
	for i := range leaves + frames {
		id := uint64(i + 1)
		name := leafName + strconv.Itoa(i)
		if i >= leaves {
			name = fmt.Sprintf("example.com/shop/%s.(*%s).%s", word(rng), word(rng), word(rng))
		}
		line := message(nil).num(1, id).num(2, uint64(10+rng.IntN(900)))
		m = m.raw(4, message(nil).num(1, id).num(2, 1).num(3, 0x400000+id*64+rng.Uint64N(64)).raw(4, line))
		n := text(name)
		m = m.raw(5, message(nil).num(1, id).num(2, n).num(3, n).num(4, text("/src/"+word(rng)+".go")))
	}
	for _, s := range table {
		m = m.raw(6, []byte(s))
	}
	return m
}

func word(rng *rand.Rand) string {
	var b strings.Builder
	for range 2 + rng.IntN(3) {
		b.WriteByte("bcdfghklmnprstvw"[rng.IntN(16)])
		b.WriteByte("aeiou"[rng.IntN(5)])
	}
	return b.String()
}

// body is the n-th answer of a life, gzipped.
func (p *program) body(n int, salt uint64, build int, timeNanos, durationNanos int64) []byte {
	m := message(nil).raw(3, message(nil).num(1, 1).num(2, 0x400000).num(3, 0x800000).num(6, uint64(1+build%builds)))
	for s := range p.stacks {
		values, some := p.shape.values(n, s, salt), false
		list := make([]uint64, len(p.shape.types))
		for i := range list {
			list[i] = uint64(values[i])
			some = some || values[i] != 0
		}
		if !some {
			continue
		}
		sample := message(nil).packed(1, append([]uint64{uint64(p.leafOf(s) + 1)}, p.trunk[s]...)).packed(2, list)
		if p.heap() {
			sample = sample.raw(3, message(nil).num(1, builds+1).num(3, heapSize(s)).num(4, builds+2))
		}
		m = m.raw(2, sample)
	}
	m = m.num(9, uint64(timeNanos))
	if durationNanos > 0 {
		m = m.num(10, uint64(durationNanos))
	}
	return p.head.with(m)
}

func heapSize(stack int) uint64 { return 16 << (stack % 2) }

// stackOf finds back which stack a sample of a delivered profile is.
func (p *program) stackOf(s *profile.Sample) (int, error) {
	if len(s.Location) == 0 || len(s.Location[0].Line) == 0 {
		return 0, fmt.Errorf("a sample without a leaf")
	}
	name := s.Location[0].Line[0].Function.Name
	leaf, err := strconv.Atoi(strings.TrimPrefix(name, leafName))
	if err != nil {
		return 0, fmt.Errorf("a leaf that was never served: %q", name)
	}
	stack := p.firstOf(leaf)
	if p.heap() {
		sizes := s.NumLabel["bytes"]
		if len(sizes) != 1 {
			return 0, fmt.Errorf("a heap sample with label bytes = %v", sizes)
		}
		if sizes[0] == int64(heapSize(1)) {
			stack++
		}
	}
	if stack >= p.stacks || len(s.Location) != len(p.trunk[stack])+1 {
		return 0, fmt.Errorf("stack %d is not as it was served", stack)
	}
	return stack, nil
}
