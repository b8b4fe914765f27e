package main

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
)

// workUnderBadLabels burns CPU under the three kinds of labels for which a
// Pyroscope refuses a whole profile: names (tracers and databases have them),
// a value of more than 2,048 bytes, and more than 30 labels.
func workUnderBadLabels(ctx context.Context) {
	many := []string{}
	for i := range 40 {
		many = append(many, fmt.Sprintf("many%02d", i), "same")
	}
	kinds := [][]string{
		{"process-description", "compaction", "local root span id", "4711"},
		{"statement", "SELECT " + strings.Repeat("\u00fc", 2000)},
		many,
		{"route", "/good"},
	}
	for _, labels := range kinds {
		go pprof.Do(ctx, pprof.Labels(labels...), func(ctx context.Context) {
			for ctx.Err() == nil {
				burn(1)
			}
		})
	}
	// Its values differ, so it is the one of too many that goes first.
	for i := 0; ctx.Err() == nil; i++ {
		ids := append([]string{"request_id", fmt.Sprint(i)}, many...)
		pprof.Do(ctx, pprof.Labels(ids...), func(context.Context) { burn(20) })
	}
}
