package main

import (
	"fmt"
	"math"
	"time"
)

type result struct {
	ratios      []float64 // log of pulled / not, a pair of phases each
	speed       float64   // operations a second, not pulled
	cpu, pulled time.Duration
	rounds      int
	allocated   int64
}

func (r result) percent() float64 { return 100 * float64(r.cpu) / float64(r.pulled) }

func (r result) print(held int64) {
	mean, half := interval(r.ratios)
	fmt.Printf("pulled every %v: agent and JFR threads %.2f %% of a core\n", phase, r.percent())
	fmt.Printf("throughput, pulled against not: %+.2f %% (95 %% interval %+.2f to %+.2f; %d pairs; %.0f operations a second)\n",
		change(mean), change(mean-half), change(mean+half), len(r.ratios), r.speed)
	fmt.Printf("heap: %.1f MB held after a collection, %.1f MB allocated a round of pulls\n",
		float64(held)/1e6, float64(r.allocated)/1e6/float64(r.rounds))
}

func (r result) over(held int64) (bad []string) {
	if r.percent() > 2 {
		bad = append(bad, fmt.Sprintf("%.2f %% CPU", r.percent()))
	}
	if held >= 10e6 {
		bad = append(bad, fmt.Sprintf("%d bytes of heap", held))
	}
	return bad
}

func change(log float64) float64 { return 100 * (math.Exp(log) - 1) }

// interval is the mean and half of its 95 % interval by Student's t.
func interval(values []float64) (mean, half float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	var squares float64
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	// Two-sided 97.5 % points for 1, 2, … degrees of freedom.
	t := []float64{12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13}
	if len(values) < 2 {
		return mean, math.Inf(1)
	}
	return mean, t[min(len(values)-2, len(t)-1)] * math.Sqrt(squares/(n-1)/n)
}
