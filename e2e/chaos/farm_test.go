package main

import (
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// TestBody_isWhatTheClosedFormSays reads bodies with an independent decoder.
func TestBody_isWhatTheClosedFormSays(t *testing.T) {
	f := newFarm(1, 6, 0)
	for _, s := range f.all() {
		for n := 1; n <= 14; n++ {
			_, raw := s.serve(time.Now(), 1, 4*time.Second)
			if len(raw) < 5_000 || len(raw) > 20_000 {
				t.Errorf("%s: %d bytes, want 5 to 20 KB", s.name(), len(raw))
			}
			p, err := profile.ParseData(raw)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.CheckValid(); err != nil {
				t.Fatal(err)
			}
			got := map[int][4]int64{}
			for _, sample := range p.Sample {
				stack, err := s.prog.stackOf(sample)
				if err != nil {
					t.Fatal(err)
				}
				if _, twice := got[stack]; twice {
					t.Fatalf("stack %d twice", stack)
				}
				var values [4]int64
				copy(values[:], sample.Value)
				got[stack] = values
			}
			for stack := range s.prog.stacks {
				if want := s.prog.shape.values(n, stack, s.salt); got[stack] != want {
					t.Fatalf("%s, body %d, stack %d: %v, want %v", s.name(), n, stack, got[stack], want)
				}
			}
		}
	}
}

func TestCounters_growOrStandStill(t *testing.T) {
	for _, s := range newFarm(7, 4, 0).all() {
		if !s.cumulative() {
			continue
		}
		still := 0
		for n := 1; n < 40; n++ {
			before, after := s.counters(n), s.counters(n+1)
			if before == after {
				still++
			}
			for v := range s.prog.shape.cumulative {
				if after[v] < before[v] {
					t.Fatalf("%s falls from %v to %v", s.name(), before, after)
				}
			}
			for stack := range s.prog.stacks {
				a, b := s.prog.shape.values(n, stack, s.salt), s.prog.shape.values(n+1, stack, s.salt)
				if b[0] < a[0] || b[1] < a[1] {
					t.Fatalf("%s, stack %d falls from %v to %v", s.name(), stack, a, b)
				}
			}
		}
		if still != 6 {
			t.Errorf("%s stood still %d times, want 6", s.name(), still)
		}
		if first, fifth := s.counters(1), s.counters(4); first[0] >= fifth[0] {
			t.Errorf("%s: a new life does not show: %v, %v", s.name(), first, fifth)
		}
	}
}
