package harness

import (
	"encoding/json"
	"testing"
)

// TestHerdPodSize: the figures say 10 KB.
func TestHerdPodSize(t *testing.T) {
	b, err := json.Marshal(Herd{Namespace: "herd", PerNode: 400, Port: 8080}.Pod(4711, Condition{Ready: true}))
	if err != nil || len(b) < 9_500 || len(b) > 10_500 {
		t.Errorf("%d bytes, want 10,000 (%v)", len(b), err)
	}
}
