package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"stoker/benchmarks/address"
)

// A comparison runs two collectors at the same time, each with a farm and a sink of its own: whatever else the machine
// does falls on both. Ports are exchanged from one round to the next.
type comparison struct {
	commit string // the other build; empty = this one
	java   java   // of the other collector
	rounds int
}

func (c comparison) wanted() bool { return c.commit != "" || c.java != (java{}) }

// gap between the ports of the first column and those of the second: three lie before the targets.
const gap = 10

// run compares for each JVM of this build; the other build's is always the same.
func (c comparison) run(ctx context.Context, o options, javas []java, rows []workload) error {
	var lines, ratios []string
	for _, j := range javas {
		o.java = j
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
		for _, w := range rows {
			var all []pairOf[result]
			for round := range c.rounds {
				both, err := pair(ctx, seated(columns, round, w.targets), w)
				if err != nil {
					return fmt.Errorf("workload %s: %w", w.name, err)
				}
				all = append(all, both)
				lines = append(lines, both[0].row(), both[1].row())
			}
			title := fmt.Sprintf("%s, %s : %s", w.name, columns[0].label, columns[1].label)
			ratios = append(ratios, ratio(title, all))
			// Printed as soon as it is known: what follows may take an hour, or fail.
			fmt.Printf("\n%s\n%s\n\n", ratioHeader, ratios[len(ratios)-1])
		}
	}
	fmt.Printf("\n%s\n%s\n\n%s\n%s\n", header, strings.Join(lines, "\n"), ratioHeader, strings.Join(ratios, "\n"))
	return nil
}

// pairOf has what belongs to this build and what belongs to the other one.
type pairOf[T any] = [2]T

// columns are this build and the other one.
func (c comparison) columns(o options) (both pairOf[options], err error) {
	root, err := filepath.Abs(o.root)
	if err != nil {
		return both, err
	}
	o.root = root
	both = pairOf[options]{o, o}
	both[0].label = o.java.label("this")
	both[1].java = c.java
	if c.commit == "" {
		both[1].label = c.java.label("this")
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
	both[1].root, both[1].label = folder, c.java.label(sha)
	return both, nil
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
	cmd.Dir, cmd.Env, cmd.Stderr = o.root, environment(java{home: o.java.home}), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build of %s: %w", o.label, err)
	}
	return nil
}

// seated gives the columns their ports.
func seated(columns pairOf[options], round, targets int) pairOf[options] {
	first, second := round%2, 1-round%2
	columns[second].basePort = columns[first].basePort + address.Ports(targets) + gap
	return columns
}

// pair runs both; when one fails the other is stopped.
func pair(parent context.Context, columns pairOf[options], w workload) (both pairOf[result], err error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	var failed [2]error
	var running sync.WaitGroup
	for i, o := range columns {
		running.Go(func() {
			both[i], failed[i] = o.run(ctx, w)
			if failed[i] != nil {
				failed[i] = fmt.Errorf("%s: %w", o.label, failed[i])
				cancel()
			}
		})
	}
	running.Wait()
	return both, errors.Join(failed[0], failed[1])
}

const ratioHeader = "| workload | CPU | CPU per profile | peak RSS | bytes to the server | profiles | scrapes |\n|---|---|---|---|---|---|---|"

// ratio of the first column to the second: the median of the rounds, and their spread.
func ratio(title string, rounds []pairOf[result]) string {
	cells := []string{title}
	for _, of := range []func(result) float64{
		func(r result) float64 { return r.cpu.total() },
		result.perProfile,
		func(r result) float64 { return float64(r.peak.rss) },
		func(r result) float64 { return float64(r.sink.Bytes) },
		func(r result) float64 { return float64(r.sink.Profiles) },
		func(r result) float64 { return float64(r.scrapes) },
	} {
		var all []float64
		for _, both := range rounds {
			if b := of(both[1]); b > 0 {
				all = append(all, of(both[0])/b)
			}
		}
		cells = append(cells, spread(all))
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// spread is the median, and the lowest and the highest when there are several.
func spread(all []float64) string {
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	n := len(all)
	middle := (all[(n-1)/2] + all[n/2]) / 2
	if n == 1 {
		return fmt.Sprintf("%.2f", middle)
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", middle, all[0], all[n-1])
}
