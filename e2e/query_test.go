package e2e

import (
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

const cpuType = "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

func flame(t *testing.T, backend *harness.Pyroscope, profileType, selector string, start time.Time) harness.FlameGraph {
	t.Helper()
	graph, err := backend.MergeStacktraces(profileType, selector, harness.Since(start))
	if err != nil {
		t.Fatal(err)
	}
	return graph
}
