package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func (o options) run(ctx context.Context, w workload) (r result, err error) {
	dir, err := filepath.Abs(filepath.Join(o.bin, o.folder(w.name)))
	if err != nil {
		return r, err
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Join(dir, "storage"), 0o755)); err != nil {
		return r, err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.conf"), []byte(w.config(o.basePort)), 0o644); err != nil {
		return r, err
	}
	from, err := o.startSource(ctx, w, dir)
	if err != nil {
		return r, fmt.Errorf("%w; see %s", err, dir)
	}
	defer from.stop()
	sink, err := spawn("sink", filepath.Join(dir, "sink.log"), "", java{}, filepath.Join(o.bin, "sink"),
		"-port", fmt.Sprint(o.basePort-1), "-delay", o.delay.String(), fmt.Sprintf("-check=%t", o.check))
	if err != nil {
		return r, err
	}
	defer sink.stop(5 * time.Second)
	sinkURL := fmt.Sprintf("http://127.0.0.1:%d", o.basePort-1)
	var any struct{}
	if err := await(ctx, time.Minute, sink, func() error { return getJSON(sinkURL+"/stats", &any) }); err != nil {
		return r, fmt.Errorf("%w; see %s", err, dir)
	}

	collector, api, err := o.startCollector(ctx, dir)
	if err != nil {
		return r, fmt.Errorf("%w; see %s", err, dir)
	}
	stopped := false
	defer func() {
		if !stopped {
			collector.stop(o.patience)
		}
	}()
	r = result{name: o.title(w.name), workload: w}
	exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", collector.pid()))
	fmt.Printf("%s: collector is process %d (%s), ready; warm-up %v, window %v\n", r.name, collector.pid(), exe, o.warmup, o.window)
	run := running{source: from, sink: sink, sinkURL: sinkURL, collector: collector, api: api}
	if err := pause(ctx, o.warmup, run.all()...); err != nil {
		return r, fmt.Errorf("warm-up: %w; see %s", err, dir)
	}
	if err := run.measure(ctx, o.window, &r); err != nil {
		return r, fmt.Errorf("window: %w; see %s", err, dir)
	}
	stopped = true
	r.exit, r.stop = collector.stop(o.patience)
	fmt.Print(r.explained())
	if o.strict {
		err = r.counts()
	}
	return r, err
}

// startCollector gives it when it is ready, with the address of its API.
func (o options) startCollector(ctx context.Context, dir string) (*child, string, error) {
	argv := strings.Fields(o.collector)
	if len(argv) == 0 {
		return nil, "", errors.New("no collector command")
	}
	listen := fmt.Sprintf("127.0.0.1:%d", o.basePort-3)
	fill := strings.NewReplacer("{config}", filepath.Join(dir, "config.conf"), "{listen}", listen, "{storage}", filepath.Join(dir, "storage"))
	for i := range argv {
		argv[i] = fill.Replace(argv[i])
	}
	collector, err := spawn("collector", filepath.Join(dir, "collector.log"), o.root, o.java, argv...)
	if err != nil {
		return nil, "", err
	}
	api := "http://" + listen
	if err := await(ctx, o.start, collector, func() error { return ready(api) }); err != nil {
		collector.stop(o.patience)
		return nil, "", err
	}
	return collector, api, nil
}

// title of a row: the workload, and the column in a comparison.
func (o options) title(workload string) string {
	if o.label == "" {
		return workload
	}
	return workload + ", " + o.label
}

// folder of a run, below .build.
func (o options) folder(workload string) string {
	if o.label == "" {
		return "run-" + workload
	}
	return fmt.Sprintf("run-%s-%d", workload, o.basePort)
}

// running is all that runs while a workload is measured.
type running struct {
	source    source
	sink      *child
	sinkURL   string
	collector *child
	api       string
}

func (n running) all() []*child { return append([]*child{n.collector, n.sink}, n.source.children...) }

// cpus are those of the collector, of the sink, and of all that is scraped.
func (n running) cpus() (of [3]cpu, err error) {
	for i, c := range n.all() {
		used, err := readCPU(c.pid())
		if err != nil {
			return of, err
		}
		at := &of[min(i, 2)]
		at.user, at.system = at.user+used.user, at.system+used.system
	}
	return of, nil
}

// measure reads everything before and after the window. What asks the collector lies outside of its CPU readings.
func (n running) measure(ctx context.Context, window time.Duration, r *result) error {
	before, err := readLoops(n.api)
	if err != nil {
		return err
	}
	caches, err := readCaches(n.api)
	if err != nil {
		return err
	}
	if err := errors.Join(n.source.reset(), reset(n.sinkURL)); err != nil {
		return err
	}
	from, err := n.cpus()
	if err != nil {
		return err
	}
	begin := time.Now()
	w := watchMemory(n.collector.pid())
	err = pause(ctx, window, n.all()...)
	r.window = time.Since(begin)
	r.peak = w.end()
	if err != nil {
		return err
	}
	to, err := n.cpus()
	if err != nil {
		return err
	}
	r.cpu, r.sinkCPU, r.farmCPU = to[0].minus(from[0]), to[1].minus(from[1]), to[2].minus(from[2])
	if err := errors.Join(n.source.read(&r.farm), getJSON(n.sinkURL+"/stats", &r.sink)); err != nil {
		return err
	}
	if r.active, err = readLoops(n.api); err != nil {
		return err
	}
	r.scrapes, r.failures, r.skipped =
		r.active.scrapes-before.scrapes, r.active.failures-before.failures, r.active.skipped-before.skipped
	after, err := readCaches(n.api)
	if err != nil {
		return err
	}
	r.caches = since(caches, after)
	r.delivery, err = readDelivery(n.api)
	return err
}

func ready(api string) error {
	r, err := client.Get(api + "/-/ready")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("/-/ready answers %s", r.Status)
	}
	return nil
}
