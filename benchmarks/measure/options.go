package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options of one column.
type options struct {
	bin, root, collector string
	label                string // of the column, in a comparison
	java                 java
	recording            string
	basePort             int
	warmup, window       time.Duration
	start, patience      time.Duration
	delay, load          time.Duration
	builds, histories    int
	length, check        bool
	strict               bool
}

// java is the JVM of a column.
type java struct {
	home string // JAVA_HOME; empty = that of the environment
	jit  string // a name in jits; empty = what the launcher has
	opts string // STOKER_JAVA_OPTS
}

// jits are flags by name of the compiler; the launcher's own are those of C1.
var jits = map[string]string{"": "", "c1": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=32m", "c2": "-XX:TieredStopAtLevel=4 -XX:ReservedCodeCacheSize=64m"}

func (j java) flags() string { return strings.TrimSpace(jits[j.jit] + " " + j.opts) }

// label names build and JVM, as far as they are named.
func (j java) label(build string) string {
	var more []string
	if j.home != "" {
		more = append(more, filepath.Base(j.home))
	}
	if j.jit != "" {
		more = append(more, strings.ToUpper(j.jit))
	}
	if j.opts != "" {
		more = append(more, j.opts)
	}
	if len(more) == 0 {
		return build
	}
	return build + " on " + strings.Join(more, ", ")
}

// A plan is what the command line asks for.
type plan struct {
	options   options
	javas     []java // of this build: each JDK with each compiler
	other     comparison
	workloads []workload
	sizes     []int // numbers of targets to grow through; empty = each workload as it is
	printOnly bool
}

func parse(args []string) (p plan, err error) {
	var warmup, window int
	var homes, compilers, counts string
	var all override
	o, other := &p.options, &p.other
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	fs.StringVar(&o.bin, "bin", ".build", "folder of the farm and sink binaries (set by benchmarks/run)")
	fs.StringVar(&o.root, "root", "..", "root of the repository (set by benchmarks/run)")
	fs.StringVar(&o.collector, "collector", "./stoker run {config} --listen {listen} --storage {storage}",
		"command of the collector, run in the repository's root; split at blanks, no shell")
	fs.IntVar(&warmup, "warmup", 300, "seconds from ready to the start of the window")
	fs.IntVar(&window, "window", 180, "seconds that are measured")
	fs.IntVar(&o.basePort, "base-port", 20000, "port of the first target; the three ports before it are used too")

	fs.IntVar(&all.targets, "targets", -1, "number of targets, instead of the workload's")
	fs.DurationVar(&all.interval, "interval", -1, "scrape interval, whole seconds, instead of the workload's")
	fs.Float64Var(&all.changed, "changed", -1, "share of the samples that have other values in the next answer, instead of the workload's")
	fs.Float64Var(&all.fresh, "new-stacks", -1, "new stacks a minute in each profile type, instead of the workload's")
	fs.Float64Var(&all.answering, "answering", -1, "share of the targets that answer, instead of the workload's; at the others nobody listens")
	fs.IntVar(&o.builds, "builds", 4, "programs among the targets, each with stacks and tables of its own")
	fs.IntVar(&o.histories, "histories", 2, "processes of each build that found the same stacks in another order")
	fs.BoolVar(&o.length, "content-length", false, "the farm answers with Content-Length instead of chunks")
	fs.StringVar(&o.recording, "recording", ".build/recording.jfr", "what the JVMs of workload J answer with: the first chunk of this")
	fs.DurationVar(&o.load, "load-every", 2*time.Second, "pause between two rounds of work of a process of workload real")
	fs.StringVar(&counts, "counts", "", "numbers of targets, divided by commas: each is a row of a table of what a target costs")

	fs.DurationVar(&o.delay, "sink-delay", 0, "time the sink takes to answer")
	fs.BoolVar(&o.check, "check", false, "the sink parses every profile (for a trial: it takes CPU from the collector)")
	fs.DurationVar(&o.start, "start-timeout", 15*time.Minute, "until /-/ready; the launcher may have to build first")
	fs.DurationVar(&o.patience, "stop-timeout", 40*time.Second, "from SIGTERM to SIGKILL")
	fs.BoolVar(&o.strict, "strict", false, "fail unless the row counts: all scrapes within 5 %, nothing failed or dropped, exit status 0")

	fs.StringVar(&homes, "java", "", "JAVA_HOME of the collector, or several, divided by commas: all rows for each; empty = that of the environment")
	fs.StringVar(&compilers, "jit", "", "c1 or c2, or both, divided by a comma: all rows for each; empty = what the launcher has")
	fs.StringVar(&o.java.opts, "java-opts", "", "STOKER_JAVA_OPTS of the collector; that of the environment is not used")
	fs.StringVar(&other.commit, "vs", "", "another commit, built in .build and run at the same time; prints ratios")
	fs.StringVar(&other.java.home, "vs-java", "", "JAVA_HOME of the other collector; without -vs it is the same build on another JDK")
	fs.StringVar(&other.java.jit, "vs-jit", "", "c1 or c2 for the other collector")
	fs.StringVar(&other.java.opts, "vs-java-opts", "", "STOKER_JAVA_OPTS of the other collector")
	fs.IntVar(&other.rounds, "rounds", 3, "in a comparison: runs, with ports exchanged from one to the next; the median counts")
	fs.BoolVar(&p.printOnly, "print-config", false, "only print the collector's configuration")
	fs.Usage = func() {
		fmt.Fprintln(fs.Output(), "usage: benchmarks/run WORKLOAD... [options]\n\n"+
			"A, B, C, D, J or real; a number of targets and -all, -still or -few may follow, as in B1200, C-all and A10000-few.\n"+
			"all is A, B and C; acceptance and scale are the rows of benchmarks/README.md.\n\noptions:")
		fs.PrintDefaults()
	}
	// The workload stands before, between or after the options.
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return p, err
		}
		if args = fs.Args(); len(args) == 0 {
			break
		}
		rows := workloadsNamed(args[0])
		if rows == nil {
			fs.Usage()
			return p, fmt.Errorf("there is no workload %q", args[0])
		}
		p.workloads = append(p.workloads, rows...)
		args = args[1:]
	}
	for i, w := range p.workloads {
		p.workloads[i] = all.of(w)
		err = errors.Join(err, p.workloads[i].valid())
	}
	o.warmup, o.window = time.Duration(warmup)*time.Second, time.Duration(window)*time.Second
	if len(p.workloads) == 0 {
		fs.Usage()
		return p, errors.New("no workload")
	}
	if o.window <= 0 || o.warmup < 0 || other.rounds < 1 {
		err = errors.Join(err, errors.New("window and rounds have to be positive"))
	}
	var e1, e2 error
	p.javas, e1 = o.java.each(homes, compilers)
	p.sizes, e2 = numbers(counts)
	if _, known := jits[other.java.jit]; !known {
		err = errors.Join(err, fmt.Errorf("there is no compiler %q", other.java.jit))
	}
	if len(p.sizes) > 0 && other.wanted() {
		err = errors.Join(err, errors.New("-counts is of one column, without -vs"))
	}
	return p, errors.Join(err, e1, e2)
}

// each is every JDK with every compiler.
func (j java) each(homes, compilers string) (all []java, err error) {
	for _, home := range strings.Split(homes, ",") {
		for _, jit := range strings.Split(compilers, ",") {
			if _, known := jits[jit]; !known {
				return nil, fmt.Errorf("there is no compiler %q", jit)
			}
			all = append(all, java{home, jit, j.opts})
		}
	}
	return all, nil
}

func numbers(list string) (all []int, err error) {
	if list == "" {
		return nil, nil
	}
	for _, s := range strings.Split(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxTargets {
			return nil, fmt.Errorf("-counts: %q is no number of targets", s)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// real tells whether any row needs the service of the end-to-end tests.
func (p plan) real() bool {
	return slices.ContainsFunc(p.workloads, func(w workload) bool { return w.real })
}

// ready tells what is missing before anything runs.
func (p plan) ready() error {
	for _, w := range p.workloads {
		if _, err := os.Stat(p.options.recording); slices.Contains(w.types, jfr) && err != nil {
			return fmt.Errorf("workload %s: %w; benchmarks/recordings makes it", w.name, err)
		}
	}
	return nil
}
