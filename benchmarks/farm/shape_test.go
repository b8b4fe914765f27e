package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// callers are a sample's frames by name, so that they do not depend on ids.
func callers(s *profile.Sample) string {
	var b strings.Builder
	for _, l := range s.Location {
		b.WriteString(l.Line[0].Function.Name)
		b.WriteString(strconv.FormatUint(l.Address, 16))
	}
	return b.String()
}

func identity(s *profile.Sample) string { return fmt.Sprint(callers(s), s.Label, s.NumLabel) }

// ids are a sample's locations as they stand in the body.
func ids(s *profile.Sample) (out []uint64) {
	for _, l := range s.Location {
		out = append(out, l.ID)
	}
	return out
}

// profiles are all generations of a series, one after the other.
func profiles(t *testing.T, s series) (out []*profile.Profile) {
	t.Helper()
	for g := range s.bodies {
		p := parse(t, answer(s, g, int64(1000+g)))
		if p.TimeNanos != int64(1000+g) {
			t.Fatalf("time_nanos %d", p.TimeNanos)
		}
		out = append(out, p)
	}
	return out
}

func byIdentity(p *profile.Profile) map[string]*profile.Sample {
	out := map[string]*profile.Sample{}
	for _, s := range p.Sample {
		out[identity(s)] = s
	}
	return out
}

func TestSeries_theShareAskedForChanges(t *testing.T) {
	for _, share := range []float64{0.2, 0.02, 1} {
		sh := usual(5)
		sh.changed, sh.fresh = share, 0
		for _, k := range kinds {
			k = small(k)
			var before map[string]*profile.Sample
			for _, p := range profiles(t, made(t, k, sh)[0]) {
				if len(p.Sample) != k.samples || len(p.SampleType) != len(k.types) || p.PeriodType.Type != k.period.name {
					t.Fatalf("%s: %d samples, types %v, period type %v", k.name, len(p.Sample), p.SampleType, p.PeriodType)
				}
				now := byIdentity(p)
				if before != nil {
					compare(t, k, share, before, now)
				}
				before = now
			}
		}
	}
}

func compare(t *testing.T, k kind, share float64, before, after map[string]*profile.Sample) {
	t.Helper()
	moved := 0
	for id, s := range after {
		was := before[id].Value
		if !slices.Equal(was, s.Value) {
			moved++
		}
		for v, typ := range k.types {
			grows := k.cumulative && typ.name != "inuse_objects" && typ.name != "inuse_space"
			if grows && s.Value[v] < was[v] {
				t.Fatalf("%s: %s falls from %d to %d", k.name, typ.name, was[v], s.Value[v])
			}
		}
	}
	// All that moves in a cumulative profile shows; elsewhere a value may move to what it was.
	if most := int(share*float64(len(after)) + 0.5); moved > most || moved < most*2/5 || k.cumulative && moved != most {
		t.Fatalf("%s: %d of %d samples moved, share %v", k.name, moved, len(after), share)
	}
}

func TestMemory_aNewStackStandsFirstAndShiftsAllIds(t *testing.T) {
	sh := usual(5) // a new stack with every second answer
	all := profiles(t, made(t, small(kinds[1]), sh)[0])
	for g, p := range all[1:] {
		before := all[g]
		added := len(p.Sample) - len(before.Sample)
		if want := g % 2; added != want {
			t.Fatalf("generation %d has %d new stacks, want %d", g+1, added, want)
		}
		same := 0
		for i, s := range before.Sample {
			now := p.Sample[i+added]
			if identity(s) != identity(now) {
				t.Fatalf("generation %d: sample %d is another one", g+1, i)
			}
			if slices.Equal(ids(s), ids(now)) {
				same++
			}
		}
		if added == 0 && same != len(before.Sample) || added > 0 && same > len(before.Sample)/20 {
			t.Errorf("generation %d: %d new stacks, %d of %d samples have the ids of before", g+1, added, same, len(before.Sample))
		}
	}
}

func TestMemory_withoutNewStacksOnlyValuesDiffer(t *testing.T) {
	sh := usual(2)
	sh.fresh = 0
	p := profiles(t, made(t, small(kinds[1]), sh)[0])
	for _, one := range p {
		one.TimeNanos = 0
		for _, s := range one.Sample {
			clear(s.Value)
		}
	}
	if p[0].String() != p[1].String() {
		t.Fatal("more than values differ")
	}
}

func TestKinds_samplesStandInTheOrderOfGo(t *testing.T) {
	for _, k := range kinds {
		p := profiles(t, made(t, small(k), usual(4))[0])[3]
		last := len(k.types) - 1
		sorted := slices.IsSortedFunc(p.Sample, func(a, b *profile.Sample) int { return int(b.Value[last] - a.Value[last]) })
		if sorted != (k.order == largestFirst) {
			t.Errorf("%s: largest first: %t", k.name, sorted)
		}
	}
}

func TestShape_buildsAndHistoriesDiffer(t *testing.T) {
	sh := usual(1)
	sh.builds, sh.histories = 2, 2
	var stacks []map[string]*profile.Sample
	for _, s := range made(t, small(kinds[3]), sh) {
		stacks = append(stacks, byIdentity(profiles(t, s)[0]))
	}
	common := func(a, b int) (n int) {
		for id := range stacks[a] {
			if stacks[b][id] != nil {
				n++
			}
		}
		return n
	}
	if n := common(0, 1); n < 130 || n == 200 {
		t.Errorf("two processes of a build have %d of 200 stacks in common", n)
	}
	if n := common(0, 2); n != 0 {
		t.Errorf("two builds have %d stacks in common", n)
	}
}

// Each location stands before the first sample that uses it, each function behind the first location that uses it,
// and ids count up. The bodies of this process show that Go does so.
func TestSeries_layoutIsThatOfGo(t *testing.T) {
	var heap, block bytes.Buffer
	runtime.GC()
	_ = pprof.Lookup("allocs").WriteTo(&heap, 0)
	_ = pprof.Lookup("goroutine").WriteTo(&block, 0)
	bodies := map[string][]byte{"Go's heap": heap.Bytes(), "Go's goroutines": block.Bytes()}
	for _, k := range kinds {
		bodies[k.name] = answer(made(t, small(k), usual(1))[0], 0, 1)
	}
	for name, gz := range bodies {
		if err := layout(inflate(t, gz)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func layout(raw []byte) error {
	var locations, functions uint64
	last := 0
	var err error
	check := func(ok bool, format string, args ...any) {
		if !ok && err == nil {
			err = fmt.Errorf(format, args...)
		}
	}
	fields(raw, func(field int, _ uint64, content []byte) {
		check(last != 6 || field == 6, "field %d after the strings", field)
		switch field {
		case 2:
			fields(content, func(field int, v uint64, packed []byte) {
				if field == 1 {
					check(v <= locations, "a sample uses location %d of %d", v, locations)
					for _, id := range varints(packed) {
						check(id <= locations, "a sample uses location %d of %d", id, locations)
					}
				}
			})
		case 4:
			fields(content, func(field int, v uint64, _ []byte) {
				if field == 1 {
					locations++
					check(v == locations, "location %d where %d is due", v, locations)
				}
			})
		case 5:
			check(last == 4 || last == 5, "a function after field %d", last)
			fields(content, func(field int, v uint64, _ []byte) {
				if field == 1 {
					functions++
					check(v == functions, "function %d where %d is due", v, functions)
				}
			})
		}
		last = field
	})
	check(locations > 0 && functions > 0 && last == 6, "%d locations, %d functions, field %d is the last", locations, functions, last)
	return err
}
