package e2e

import (
	"fmt"
	"os"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// outage is how long the backend stays away, measured from its being gone.
func outage(t *testing.T) time.Duration {
	text := os.Getenv("STOKER_E2E_OUTAGE")
	if text == "" {
		return time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestBackendOutage stops Pyroscope and starts it again. Scraping goes on as
// if nothing were wrong, and all that was queued arrives.
func TestBackendOutage(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		start := time.Now().Add(-time.Minute)
		stoker := startStoker(t, app, backend)
		awaitScrapes(t, stoker, 3)

		backend.Stop(t)
		before, from := stoker.Targets(t), time.Now()
		time.Sleep(outage(t)) // the outage itself
		checkNothingMissed(t, before, stoker.Targets(t), time.Since(from))
		during := stoker.Endpoint(t)
		if during.Queued+during.InFlight == 0 || during.State == "healthy" {
			t.Errorf("in the outage: %+v", during)
		}
		if err := during.CheckIdentity(); err != nil {
			t.Error(err)
		}

		backend.Start(t)
		harness.Eventually(t, 30*time.Second, "backlog drained", func() error {
			now := stoker.Endpoint(t)
			if err := now.CheckIdentity(); err != nil {
				t.Error(err) // must hold at every moment
			}
			// Fresh profiles come in all the time, so "empty" is one look.
			if now.Queued+now.InFlight > 0 {
				return fmt.Errorf("%+v", now)
			}
			return nil
		})
		end := stoker.Endpoint(t)
		if end.Lost() != 0 || end.Offered+end.Recovered != end.Sent+end.Queued+end.InFlight {
			t.Errorf("lost profiles: %+v", end)
		}
		for name, target := range stoker.Targets(t) {
			if target.Failures != 0 || target.Skipped != 0 {
				t.Errorf("target %s: %+v", name, target)
			}
		}
		bodies := lastLook(t, app, stoker)
		stoker.Stop(t)
		checkTotals(t, backend, start, bodies)
	})
}

// checkNothingMissed compares the scrapes with the clock. One is allowed for
// the phase and one for a scrape that was under way at either look.
func checkNothingMissed(t *testing.T, before, after map[string]harness.Target, passed time.Duration) {
	t.Helper()
	want := int64(passed/interval) - 2
	for name, b := range before {
		a := after[name]
		if a.Scrapes-b.Scrapes < want || a.Skipped != b.Skipped || a.Failures != b.Failures {
			t.Errorf("%s: %d scrapes in %s, want at least %d: %+v", name, a.Scrapes-b.Scrapes, passed, want, a)
		}
	}
}
