// Package e2e tests the collector as a black box: real Go services, a real
// Pyroscope on each of its storages, and the collector's own launcher.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"dev.stoker/e2e/harness"
)

// TestMain builds the service under test targets, so that go test alone works.
func TestMain(m *testing.M) {
	build := exec.Command("go", "build", "-o", ".build/golang-pull", "./apps/golang-pull")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build golang-pull: %v\n%s", err, out)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// onBothStorages runs a test against v1 and v2 storage side by side.
func onBothStorages(t *testing.T, test func(*testing.T, harness.Storage)) {
	for _, storage := range []harness.Storage{harness.V1, harness.V2} {
		t.Run(string(storage), func(t *testing.T) {
			t.Parallel()
			test(t, storage)
		})
	}
}
