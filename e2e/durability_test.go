package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// TestRestarts stops the collector and then the server, three times each, and
// kills the server where its storage survives that. To the last unit nothing
// is lost and nothing counted twice.
func TestRestarts(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		start, folder := time.Now().Add(-time.Minute), t.TempDir()
		stoker := startStokerIn(t, folder, app, backend)
		awaitScrapes(t, stoker, 2)

		for range 3 {
			stoker.Stop(t)
			checkNoGap(t, stoker)
			stoker = startStokerIn(t, folder, app, backend)
			awaitScrapes(t, stoker, 2)
		}
		away := func(end func()) {
			end()
			time.Sleep(2 * interval) // the outage
			backend.Start(t)
			scrapes := stoker.Targets(t)["memory"].Scrapes
			awaitScrapes(t, stoker, scrapes+2)
		}
		for range 3 {
			away(func() { backend.Stop(t) })
		}
		if storage == harness.V2 {
			away(backend.Kill)
		}
		// The collector goes while the server is away: what waits is delivered by the next run.
		backend.Stop(t)
		time.Sleep(interval)
		stoker.Stop(t)
		backend.Start(t)
		stoker = startStokerIn(t, folder, app, backend)
		if stoker.Endpoint(t).Recovered == 0 {
			t.Error("nothing was kept over the restart")
		}
		awaitScrapes(t, stoker, 2)
		bodies := lastLook(t, app, stoker)
		harness.Eventually(t, 30*time.Second, "all delivered", func() error {
			now := stoker.Endpoint(t)
			if now.Lost() > 0 {
				t.Fatalf("lost profiles: %+v", now)
			}
			if now.Queued+now.InFlight > 0 {
				return fmt.Errorf("%+v", now)
			}
			return now.CheckIdentity()
		})
		checkNoGap(t, stoker)
		stoker.Stop(t)
		checkTotals(t, backend, start, bodies)
	})
}

func checkNoGap(t *testing.T, stoker *harness.Stoker) {
	t.Helper()
	for line := range strings.Lines(stoker.Log()) {
		if strings.Contains(line, "delta baselines") && !strings.Contains(line, `lost="0"`) {
			t.Errorf("a clean restart lost baselines: %s", line)
		}
	}
}
