// Measure runs one workload or all: it starts the farm, the sink and the collector, waits for the warm-up, watches the
// collector from outside over the window, stops everything and prints a table row. See ../README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

type options struct {
	bin, root, collector string
	label, java          string // of the column, in a comparison; the collector's JAVA_HOME
	recording            string
	targets, basePort    int
	interval             time.Duration
	warmup, window       time.Duration
	start, patience      time.Duration
	delay                time.Duration
	chunked, check       bool
	strict               bool
}

func main() {
	var o options
	var warmup, window int
	var printOnly bool
	var other comparison
	fs := flag.NewFlagSet("run", flag.ExitOnError)
	fs.StringVar(&o.bin, "bin", ".build", "folder of the farm and sink binaries (set by benchmarks/run)")
	fs.StringVar(&o.root, "root", "..", "root of the repository (set by benchmarks/run)")
	fs.StringVar(&o.collector, "collector", "./stoker run {config} --listen {listen} --storage {storage}",
		"command of the collector, run in the repository's root; split at blanks, no shell")
	fs.IntVar(&warmup, "warmup", 300, "seconds from ready to the start of the window")
	fs.IntVar(&window, "window", 180, "seconds that are measured")
	fs.IntVar(&o.targets, "targets", 200, "number of targets")
	fs.IntVar(&o.basePort, "base-port", 20000, "port of the first target; the three ports before it are used too")
	fs.DurationVar(&o.interval, "interval", 15*time.Second, "scrape interval, whole seconds")
	fs.DurationVar(&o.delay, "sink-delay", 0, "time the sink takes to answer")
	fs.StringVar(&o.recording, "recording", ".build/recording.jfr", "what the JVMs of workload J answer with: the first chunk of this")
	fs.BoolVar(&o.chunked, "chunked", false, "the farm answers without Content-Length")
	fs.BoolVar(&o.check, "check", false, "the sink parses every profile (for a trial: it takes CPU from the collector)")
	fs.DurationVar(&o.start, "start-timeout", 15*time.Minute, "until /-/ready; the launcher may have to build first")
	fs.DurationVar(&o.patience, "stop-timeout", 40*time.Second, "from SIGTERM to SIGKILL")
	fs.BoolVar(&o.strict, "strict", false, "fail unless the row counts: all scrapes within 5 %, nothing failed or dropped, exit status 0")
	fs.StringVar(&o.java, "java", "", "JAVA_HOME of the collector; empty = that of the environment")
	fs.StringVar(&other.commit, "vs", "", "another commit, built in .build and run at the same time; prints ratios")
	fs.StringVar(&other.java, "vs-java", "", "JAVA_HOME of the other collector; without -vs it is the same build on another JDK")
	fs.IntVar(&other.rounds, "rounds", 2, "with -vs or -vs-java: runs, with ports exchanged from one to the next")
	fs.BoolVar(&printOnly, "print-config", false, "only print the collector's configuration")
	fs.Usage = func() {
		fmt.Fprintln(fs.Output(), "usage: benchmarks/run A|B|C|J|all [options]\n\noptions:")
		fs.PrintDefaults()
	}
	names := parse(fs, os.Args[1:])
	o.warmup, o.window = time.Duration(warmup)*time.Second, time.Duration(window)*time.Second
	if len(names) == 0 || o.window <= 0 || other.rounds < 1 || o.interval < 2*time.Second || o.interval%time.Second != 0 {
		fs.Usage()
		os.Exit(2)
	}
	if printOnly {
		for _, n := range names {
			fmt.Print(config(workloads[n], o.targets, o.basePort, o.basePort-1, o.interval))
		}
		return
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if other.wanted() {
		if err := other.run(ctx, o, names); err != nil {
			fmt.Fprintf(os.Stderr, "benchmarks/run: %v\n", err)
			os.Exit(1)
		}
		return
	}
	var rows []string
	for _, n := range names {
		r, err := o.run(ctx, n)
		if err != nil {
			fmt.Fprintf(os.Stderr, "benchmarks/run: workload %s: %v\n", n, err)
			os.Exit(1)
		}
		rows = append(rows, r.row())
	}
	fmt.Println()
	fmt.Println(header)
	fmt.Println(strings.Join(rows, "\n"))
}

// parse takes the workload before, between or after the options.
func parse(fs *flag.FlagSet, args []string) (names []string) {
	for {
		_ = fs.Parse(args)
		args = fs.Args()
		if len(args) == 0 {
			return names
		}
		switch n := args[0]; {
		case n == "all":
			names = append(names, "A", "B", "C")
		case workloads[n] != nil:
			names = append(names, n)
		default:
			fs.Usage()
			os.Exit(2)
		}
		args = args[1:]
	}
}

func (o options) run(ctx context.Context, name string) (r result, err error) {
	dir, err := filepath.Abs(filepath.Join(o.bin, o.folder(name)))
	if err != nil {
		return r, err
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Join(dir, "storage"), 0o755)); err != nil {
		return r, err
	}
	conf := filepath.Join(dir, "config.conf")
	text := config(workloads[name], o.targets, o.basePort, o.basePort-1, o.interval)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return r, err
	}
	listen := fmt.Sprintf("127.0.0.1:%d", o.basePort-3)
	api := "http://" + listen
	farmURL := fmt.Sprintf("http://127.0.0.1:%d", o.basePort-2)
	sinkURL := fmt.Sprintf("http://127.0.0.1:%d", o.basePort-1)

	// Enough generations that no target starts again, even if warm-up and window are long.
	generations := int((o.warmup+o.window)/o.interval) + 12
	recording := ""
	if slices.Contains(workloads[name], jfr) {
		recording = o.recording
	}
	farm, err := spawn("farm", filepath.Join(dir, "farm.log"), "", "", filepath.Join(o.bin, "farm"),
		"-targets", fmt.Sprint(o.targets), "-base-port", fmt.Sprint(o.basePort), "-control-port", fmt.Sprint(o.basePort-2),
		"-interval", o.interval.String(), "-generations", fmt.Sprint(generations), fmt.Sprintf("-chunked=%t", o.chunked),
		"-recording", recording)
	if err != nil {
		return r, err
	}
	defer farm.stop(5 * time.Second)
	sink, err := spawn("sink", filepath.Join(dir, "sink.log"), "", "", filepath.Join(o.bin, "sink"),
		"-port", fmt.Sprint(o.basePort-1), "-delay", o.delay.String(), fmt.Sprintf("-check=%t", o.check))
	if err != nil {
		return r, err
	}
	defer sink.stop(5 * time.Second)
	var any struct{}
	for _, c := range []struct {
		of  *child
		url string
	}{{farm, farmURL}, {sink, sinkURL}} {
		if err := await(ctx, time.Minute, c.of, func() error { return getJSON(c.url+"/stats", &any) }); err != nil {
			return r, fmt.Errorf("%w; see %s", err, dir)
		}
	}

	argv := strings.Fields(o.collector)
	if len(argv) == 0 {
		return r, errors.New("no collector command")
	}
	fill := strings.NewReplacer("{config}", conf, "{listen}", listen, "{storage}", filepath.Join(dir, "storage"))
	for i := range argv {
		argv[i] = fill.Replace(argv[i])
	}
	begin := time.Now()
	collector, err := spawn("collector", filepath.Join(dir, "collector.log"), o.root, o.java, argv...)
	if err != nil {
		return r, err
	}
	stopped := false
	defer func() {
		if !stopped {
			collector.stop(o.patience)
		}
	}()
	if err := await(ctx, o.start, collector, func() error { return ready(api) }); err != nil {
		return r, fmt.Errorf("%w; see %s", err, dir)
	}
	exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", collector.pid()))
	r = result{name: o.title(name), loops: o.targets * len(workloads[name]), interval: o.interval}
	fmt.Printf("%s: collector is process %d (%s), ready after %.1f s; warm-up %v, window %v\n",
		r.name, collector.pid(), exe, time.Since(begin).Seconds(), o.warmup, o.window)
	if err := pause(ctx, o.warmup, farm, sink, collector); err != nil {
		return r, fmt.Errorf("warm-up: %w; see %s", err, dir)
	}

	if err := o.measure(ctx, &r, api, farmURL, sinkURL, farm, sink, collector); err != nil {
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

// measure reads everything before and after the window. What asks the collector lies outside of its CPU readings.
func (o options) measure(ctx context.Context, r *result, api, farmURL, sinkURL string, farm, sink, collector *child) error {
	before, err := readLoops(api)
	if err != nil {
		return err
	}
	all := []*child{collector, farm, sink}
	var at [3]cpu
	if err := errors.Join(reset(farmURL), reset(sinkURL)); err != nil {
		return err
	}
	for i, c := range all {
		if at[i], err = readCPU(c.pid()); err != nil {
			return err
		}
	}
	begin := time.Now()
	w := watchMemory(collector.pid())
	err = pause(ctx, o.window, all...)
	r.window = time.Since(begin)
	r.peak = w.end()
	if err != nil {
		return err
	}
	var used [3]cpu
	for i, c := range all {
		now, err := readCPU(c.pid())
		if err != nil {
			return err
		}
		used[i] = now.minus(at[i])
	}
	r.cpu, r.farmCPU, r.sinkCPU = used[0], used[1], used[2]
	if err := errors.Join(getJSON(farmURL+"/stats", &r.farm), getJSON(sinkURL+"/stats", &r.sink)); err != nil {
		return err
	}
	after, err := readLoops(api)
	if err != nil {
		return err
	}
	r.active = after
	r.scrapes, r.failures, r.skipped =
		after.scrapes-before.scrapes, after.failures-before.failures, after.skipped-before.skipped
	r.delivery, err = readDelivery(api)
	return err
}

func ready(api string) error {
	r, err := client.Get(api + "/-/ready")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != 200 {
		return fmt.Errorf("/-/ready answers %s", r.Status)
	}
	return nil
}

// await polls until ok, as long as the child lives.
func await(ctx context.Context, limit time.Duration, c *child, ok func() error) error {
	end := time.Now().Add(limit)
	for {
		err := ok()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s is not ready after %v: %w", c.name, limit, err)
		}
		if err := pause(ctx, 200*time.Millisecond, c); err != nil {
			return err
		}
	}
}

// pause waits; it ends early with an error when a child ends or the user interrupts.
func pause(ctx context.Context, d time.Duration, children ...*child) error {
	end := time.NewTimer(d)
	defer end.Stop()
	died := make(chan *child, len(children))
	over := make(chan struct{})
	defer close(over)
	for _, c := range children {
		go func() {
			select {
			case <-c.done:
				died <- c
			case <-over:
			}
		}()
	}
	select {
	case <-end.C:
		return nil
	case c := <-died:
		return fmt.Errorf("%s ended: %s", c.name, c.cmd.ProcessState)
	case <-ctx.Done():
		return errors.New("interrupted")
	}
}
