package harness

import (
	"os"
	"path/filepath"
	"testing"
)

// PyroscopeVersion must be the one in pyroscope/go.mod; the run script derives
// the binary's name from there, and a mismatch shows as a missing binary.
const PyroscopeVersion = "v1.21.1"

// CacheDir holds what is expensive to build. It is outside the repository, so
// that fresh clones share it.
func CacheDir(t *testing.T) string {
	if dir := os.Getenv("STOKER_E2E_CACHE"); dir != "" {
		return dir
	}
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "stoker-e2e")
}

func mustExist(t *testing.T, path, hint string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; %s", err, hint)
	}
	return path
}
