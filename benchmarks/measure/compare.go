package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// A comparison runs two collectors at the same time, each with a farm and a sink of its own: whatever else the machine
// does falls on both. Ports are exchanged from one round to the next.
type comparison struct {
	commit string // the other build; empty = this one
	java   string // the other collector's JAVA_HOME
	rounds int
}

func (c comparison) wanted() bool { return c.commit != "" || c.java != "" }

// gap between the ports of the first column and those of the second: three lie before the targets.
const gap = 10

func (c comparison) run(ctx context.Context, o options, names []string) error {
	columns, err := c.columns(o)
	if err != nil {
		return err
	}
	// Before the clock runs: building, and the archive of classes of each JDK.
	for _, col := range columns {
		if err := build(ctx, col); err != nil {
			return err
		}
	}
	var rows, ratios []string
	for _, n := range names {
		var all [2][]result
		for round := range c.rounds {
			both, err := pair(ctx, seated(columns, round), n)
			if err != nil {
				return fmt.Errorf("workload %s: %w", n, err)
			}
			for i, r := range both {
				all[i] = append(all[i], r)
				rows = append(rows, r.row())
			}
			if c.rounds > 1 {
				ratios = append(ratios, ratio(fmt.Sprintf("%s, round %d", n, round+1), both[:1], both[1:]))
			}
		}
		ratios = append(ratios, ratio(n, all[0], all[1]))
	}
	fmt.Printf("\n%s\n%s\n", header, strings.Join(rows, "\n"))
	fmt.Printf("\n%s : %s\n\n%s\n%s\n", columns[0].label, columns[1].label, ratioHeader, strings.Join(ratios, "\n"))
	return nil
}

// columns are this build and the other one.
func (c comparison) columns(o options) (both [2]options, err error) {
	root, err := filepath.Abs(o.root)
	if err != nil {
		return both, err
	}
	o.root = root
	both = [2]options{o, o}
	both[0].label = label("this", o.java)
	both[1].java = c.java
	if c.commit == "" {
		both[1].label = label("this", c.java)
		return both, nil
	}
	sha, err := git(root, "rev-parse", "--short=7", "--verify", c.commit+"^{commit}")
	if err != nil {
		return both, err
	}
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return both, err
	}
	folder := filepath.Join(bin, "vs-"+sha)
	if _, err := os.Stat(filepath.Join(folder, "stoker")); err != nil {
		if _, err := git(root, "worktree", "prune"); err != nil {
			return both, err
		}
		if _, err := git(root, "worktree", "add", "--force", "--detach", folder, sha); err != nil {
			return both, err
		}
	}
	both[1].root, both[1].label = folder, label(sha, c.java)
	return both, nil
}

func label(build, java string) string {
	if java == "" {
		return build
	}
	return build + " on " + filepath.Base(java)
}

func git(root string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		return "", fmt.Errorf("git %s: %s", strings.Join(args, " "), text)
	}
	return text, nil
}

// build lets the launcher do what it does before its first start. Another program than the launcher is as it is.
func build(ctx context.Context, o options) error {
	argv := strings.Fields(o.collector)
	if len(argv) == 0 {
		return errors.New("no collector command")
	}
	if argv[0] != "./stoker" {
		return nil
	}
	cmd := exec.CommandContext(ctx, "./stoker", "version")
	cmd.Dir, cmd.Env, cmd.Stderr = o.root, environment(o.java), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build of %s: %w", o.label, err)
	}
	return nil
}

// seated gives the columns their ports.
func seated(columns [2]options, round int) [2]options {
	first, second := round%2, 1-round%2
	columns[second].basePort = columns[first].basePort + columns[first].targets + gap
	return columns
}

// pair runs both; when one fails the other is stopped.
func pair(parent context.Context, columns [2]options, workload string) (both [2]result, err error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	var failed [2]error
	var running sync.WaitGroup
	for i, o := range columns {
		running.Go(func() {
			both[i], failed[i] = o.run(ctx, workload)
			if failed[i] != nil {
				failed[i] = fmt.Errorf("%s: %w", o.label, failed[i])
				cancel()
			}
		})
	}
	running.Wait()
	return both, errors.Join(failed[0], failed[1])
}

const ratioHeader = "| workload | CPU | CPU per scrape | peak RSS | bytes to the server | scrapes |\n|---|---|---|---|---|---|"

// ratio of the first column to the second, over all rounds: sums, and the mean of the peaks.
func ratio(title string, first, second []result) string {
	a, b := total(first), total(second)
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", title, by(a.cpu, b.cpu),
		by(a.cpu*b.scrapes, b.cpu*a.scrapes), by(a.rss, b.rss), by(a.bytes, b.bytes), by(a.scrapes, b.scrapes))
}

type totals struct{ cpu, rss, bytes, scrapes float64 }

func total(rounds []result) (t totals) {
	for _, r := range rounds {
		t.cpu += r.cpu.total()
		t.rss += float64(r.peak.rss)
		t.bytes += float64(r.sink.Bytes)
		t.scrapes += float64(r.scrapes)
	}
	return t
}

func by(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}
