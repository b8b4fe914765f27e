package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"stoker/benchmarks/address"
)

// A source is what the collector scrapes: the farm, which counts, or real processes, which do not.
type source struct {
	children []*child
	stats    string // URL of the farm's counters; empty = there are none
}

func (o options) startSource(ctx context.Context, w workload, dir string) (s source, err error) {
	if w.real {
		return o.startProcesses(ctx, w, dir)
	}
	recording := ""
	if slices.Contains(w.types, jfr) {
		recording = o.recording
	}
	// Enough generations that no target starts again, even if warm-up and window are long.
	generations := int((o.warmup+o.window)/w.interval) + 12
	types := ""
	for _, t := range w.types {
		types += t + ","
	}
	farm, err := spawn("farm", filepath.Join(dir, "farm.log"), "", java{}, filepath.Join(o.bin, "farm"),
		"-targets", fmt.Sprint(w.targets), "-base-port", fmt.Sprint(o.basePort), "-control-port", fmt.Sprint(o.basePort-2),
		"-interval", w.interval.String(), "-generations", fmt.Sprint(generations), fmt.Sprintf("-content-length=%t", o.length),
		"-types", types, "-changed", fmt.Sprint(w.changed), "-new-stacks", fmt.Sprint(w.fresh),
		"-builds", fmt.Sprint(o.builds), "-histories", fmt.Sprint(o.histories),
		"-answering", fmt.Sprint(w.answering), "-recording", recording)
	if err != nil {
		return s, err
	}
	s = source{[]*child{farm}, fmt.Sprintf("http://127.0.0.1:%d", o.basePort-2)}
	var any struct{}
	// Bodies are made first, those of a long run in some ten seconds on an idle machine.
	if err := await(ctx, 10*time.Minute, farm, func() error { return getJSON(s.stats+"/stats", &any) }); err != nil {
		s.stop()
		return s, err
	}
	return s, nil
}

// startProcesses starts the service of the end-to-end tests as often as there are targets, each under its own load.
func (o options) startProcesses(ctx context.Context, w workload, dir string) (s source, err error) {
	for i := range w.targets {
		at := address.Of(i, o.basePort)
		c, err := spawn("service", filepath.Join(dir, fmt.Sprintf("service-%d.log", i)), "", java{}, filepath.Join(o.bin, service),
			"-listen", at, "-load", "-varied", "-keep=false", "-every", o.load.String(), "-first", "2000", "-heap-rate", "4096")
		if err != nil {
			s.stop()
			return s, err
		}
		s.children = append(s.children, c)
	}
	for i, c := range s.children {
		if err := await(ctx, time.Minute, c, func() error { return answers(address.Of(i, o.basePort)) }); err != nil {
			s.stop()
			return s, err
		}
	}
	return s, nil
}

const service = "golang-pull"

// buildService builds what workload real needs, with Go's own cache.
func buildService(ctx context.Context, o options) error {
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(bin, service), "./apps/golang-pull")
	cmd.Dir, cmd.Stderr = filepath.Join(o.root, "e2e"), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build of the service of the end-to-end tests: %w", err)
	}
	return nil
}

func answers(at string) error {
	r, err := client.Get("http://" + at + "/fast")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return errors.New(at + " answers " + r.Status)
	}
	return nil
}

func (s source) reset() error {
	if s.stats == "" {
		return nil
	}
	return reset(s.stats)
}

func (s source) read(into *farmStats) error {
	if s.stats == "" {
		return nil
	}
	return getJSON(s.stats+"/stats", into)
}

func (s source) stop() {
	for _, c := range s.children {
		c.stop(5 * time.Second)
	}
}
