package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// TestTargetRestart kills the service in the middle of a run. A restart resets
// its counters: no value may be negative, none may be counted twice, and the
// collector must neither flood the log nor stay away.
func TestTargetRestart(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		app := harness.StartApp(t)
		backend := harness.StartPyroscope(t, storage)
		start := time.Now().Add(-time.Minute)
		stoker := startStoker(t, app, backend)
		awaitScrapes(t, stoker, 5)

		before := lastLook(t, app, stoker)
		app.Kill()
		quiet := len(stoker.Log())
		down := stoker.Targets(t)
		time.Sleep(2 * interval) // an outage, not a wait: every target fails at least once
		app.Start(t)
		back := time.Now()

		// A timed scrape delivers when it ends, hence its seconds on top.
		harness.Eventually(t, 2*interval+2*time.Second, "delivery after the restart", func() error {
			for name, target := range stoker.Targets(t) {
				if target.Health != "up" || target.LastScrape == nil || target.LastScrape.Before(back) {
					return fmt.Errorf("%s: %+v", name, target)
				}
			}
			return nil
		})
		harness.Eventually(t, interval, "stored values after the restart", func() error {
			total, err := backend.Total("goroutine:goroutine:count:goroutine:count", selector, harness.Since(back))
			if err == nil && total == 0 {
				err = fmt.Errorf("no goroutine profile since %s", back)
			}
			return err
		})
		checkCalm(t, stoker.Log()[quiet:])
		for name, target := range stoker.Targets(t) {
			if failed := target.Failures - down[name].Failures; failed > 5 {
				t.Errorf("%s failed %d times in about two intervals", name, failed)
			}
		}

		awaitScrapes(t, stoker, down["memory"].Scrapes+6)
		after := lastLook(t, app, stoker)
		stoker.Stop(t)
		checkReset(t, before, after)
		checkTotals(t, backend, start, before, after)
		for _, id := range allTypes {
			checkNoNegative(t, backend, id, start)
		}
	})
}

func awaitScrapes(t *testing.T, stoker *harness.Stoker, n int64) {
	t.Helper()
	harness.Eventually(t, time.Duration(n+6)*interval, "scrapes", func() error {
		targets := stoker.Targets(t)
		for name, target := range targets {
			if target.Scrapes-target.Failures < n {
				return fmt.Errorf("%s: %+v", name, target)
			}
		}
		if len(targets) != 5 {
			return fmt.Errorf("%d targets, want 5", len(targets))
		}
		return nil
	})
}

// checkCalm allows a handful of lines per target and no stack trace: five
// targets went down and came back up.
func checkCalm(t *testing.T, log string) {
	t.Helper()
	if lines := strings.Count(log, "\n"); lines > 40 {
		t.Errorf("%d log lines for one restart:\n%s", lines, log)
	}
	if strings.Contains(log, "\tat ") {
		t.Errorf("a stack trace for an expected failure:\n%s", log)
	}
}

// checkReset makes sure the test tests what it says: the collector can tell
// the restart from the totals, as the first total of the new life is lower.
func checkReset(t *testing.T, before, after handedOut) {
	t.Helper()
	for path, second := range after {
		first := before[path]
		if len(first) == 0 || len(second) == 0 || first[0].StartID == second[0].StartID {
			t.Fatalf("%s: no two lives in the bodies (%d, %d)", path, len(first), len(second))
		}
	}
	for _, c := range cumulative {
		first, second := before[c.path], after[c.path]
		if second[0].Total(t, c.sampleType) >= first[len(first)-1].Total(t, c.sampleType) {
			t.Logf("%s of %s did not fall at the restart; its sibling has to show it", c.sampleType, c.path)
		}
	}
}

func checkNoNegative(t *testing.T, backend *harness.Pyroscope, id string, start time.Time) {
	t.Helper()
	merged, err := backend.MergeProfile(id, selector, harness.Since(start))
	if err != nil || merged == nil {
		t.Errorf("%s: nothing stored (%v)", id, err)
		return
	}
	for _, s := range merged.Sample {
		if s.Value[0] < 0 {
			t.Errorf("%s: a negative value %d", id, s.Value[0])
			return
		}
	}
}
