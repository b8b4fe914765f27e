package main

import (
	"context"
	"runtime/pprof"
)

// waitUnderLabels keeps goroutines waiting under pprof labels, so that each
// goroutine profile has labels too.
func waitUnderLabels(ctx context.Context) {
	for _, route := range []string{"/pay", "/büro"} {
		go pprof.Do(ctx, pprof.Labels("route", route, "tenant id", "4711"), func(ctx context.Context) { <-ctx.Done() })
	}
}
