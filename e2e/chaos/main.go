// Chaos runs the collector between a farm of fake services that know what they served and a sink that knows what it
// got, with faults in between, and holds the books against each other. See ../README.md.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

type options struct {
	scenario, launcher, dir, json, sabotage string
	seed                                    uint64
	targets                                 int
	outage                                  time.Duration
	stops, reloads                          int
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()%1_000_000_000), "replays the schedule of an earlier run")
	flag.IntVar(&o.targets, "targets", 0, "number of targets, instead of the scenario's")
	flag.DurationVar(&o.outage, "outage", 0, "length of the outage, instead of the scenario's")
	flag.IntVar(&o.stops, "stops", -1, "only the first so many stops of the collector")
	flag.IntVar(&o.reloads, "reloads", -1, "number of reloads, instead of the scenario's")
	flag.StringVar(&o.launcher, "launcher", "../../stoker", "the collector")
	flag.StringVar(&o.dir, "dir", "", "an empty folder for storage and log, which is kept")
	flag.StringVar(&o.json, "json", "", "file for the report as JSON")
	flag.StringVar(&o.sabotage, "sabotage", "", "forget or double: the sink does so with one profile, and the run has to fail")
	flag.Usage = usage
	if len(os.Args) < 2 || strings.HasPrefix(os.Args[1], "-") {
		usage()
		os.Exit(2)
	}
	o.scenario = os.Args[1]
	_ = flag.CommandLine.Parse(os.Args[2:])
	passed, err := chaos(o)
	if err != nil {
		fmt.Fprintf(os.Stderr, "chaos: %v\nseed %d\n", err, o.seed)
		os.Exit(1)
	}
	if !passed {
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: e2e/chaos/run SCENARIO [--seed N] […]")
	for _, s := range scenarios(rand.New(rand.NewPCG(0, 0))) {
		fmt.Fprintf(os.Stderr, "  %-14s %s\n", s.name, s.what)
	}
	flag.PrintDefaults()
}

func chaos(o options) (passed bool, err error) {
	sc, err := choose(o)
	if err != nil {
		return false, err
	}
	launcher, err := filepath.Abs(o.launcher)
	if err != nil {
		return false, err
	}
	if out, err := exec.Command(launcher, "version").CombinedOutput(); err != nil { // builds when needed, alone
		return false, fmt.Errorf("%s version: %w\n%s", launcher, err, out)
	}
	dir, keep := o.dir, o.dir != ""
	if dir == "" {
		if dir, err = os.MkdirTemp("", "chaos"); err != nil {
			return false, err
		}
	} else if err = os.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return false, err
	}
	defer func() {
		if passed && !keep {
			_ = os.RemoveAll(dir)
		} else {
			fmt.Printf("storage and log: %s\n", dir)
		}
	}()
	fmt.Printf("%s: %s; %d targets, every %s; seed %d\n", sc.name, sc.what, sc.targets, sc.interval, o.seed)
	r, err := newRun(sc, o, launcher, dir)
	if err != nil {
		return false, err
	}
	c, err := r.run()
	if err != nil {
		return false, err
	}
	rep := report{
		Scenario: sc.name, Seed: o.seed, Date: time.Now().UTC().Format(time.RFC3339), Passed: len(c.findings) == 0,
		Tally: c.tally, Pushed: c.pushed, Figures: r.figures.m, Findings: c.findings,
	}
	rep.text(os.Stdout)
	if o.json != "" {
		err = rep.save(o.json)
	}
	return rep.Passed, err
}

func choose(o options) (scenario, error) {
	for _, s := range scenarios(rand.New(rand.NewPCG(o.seed, 0))) {
		if s.name != o.scenario {
			continue
		}
		if o.targets > 0 {
			s.targets = o.targets
		}
		if o.outage > 0 && s.outageFor > 0 {
			s.outageFor = o.outage
		}
		if o.reloads > 0 && s.reloads > 0 {
			s.reloads = o.reloads
		}
		if o.stops >= 0 {
			s.stops = s.stops[:min(o.stops, len(s.stops))]
		}
		return s, nil
	}
	return scenario{}, fmt.Errorf("no scenario %q", o.scenario)
}

func newRun(sc scenario, o options, launcher, dir string) (*run, error) {
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	f := newFarm(o.seed, sc.targets, ports[0])
	s := newSink(fmt.Sprintf("127.0.0.1:%d", ports[1]), f.byLabels(), o.seed)
	s.sabotage = o.sabotage
	var clients *pushers
	if sc.pushers > 0 {
		clients = newPushers(sc, o.seed, ports[3])
		s.pushed = clients.ledger
	}
	text := config(sc, f, s) + receiver(sc, ports[3])
	if sc.reloads > 0 {
		text = firstSettings(sc.interval).config(f, s.address)
	}
	d, err := newDaemon(launcher, dir, fmt.Sprintf("127.0.0.1:%d", ports[2]), text, f)
	if err != nil {
		return nil, err
	}
	d.reloads, d.pushing = sc.reloads > 0, int64(sc.pushers*mostProfiles)
	from := time.Now()
	return &run{
		scenario: sc, seed: o.seed, farm: f, sink: s, daemon: d, push: clients, done: make(chan struct{}), end: make(chan struct{}),
		history: history{changes: map[string][]change{}},
		say: func(format string, args ...any) {
			fmt.Printf("%7.1fs  %s\n", time.Since(from).Seconds(), fmt.Sprintf(format, args...))
		},
	}, nil
}

// config is the collector's: all five types, and an endpoint as most people have it.
func config(sc scenario, f *farm, s *sink) string {
	var targets strings.Builder
	for _, t := range f.targets {
		fmt.Fprintf(&targets, "    { \"__address__\" = %q, \"service_name\" = \"chaos\", \"target\" = %q }\n", t.address, t.name)
	}
	queue := cmp.Or(sc.queue, "disk = 4GiB")
	if sc.backlogRate != "" {
		queue += ", backlog_rate = " + sc.backlogRate
	}
	return fmt.Sprintf(`pyroscope.scrape.chaos {
  targets = [
%s  ]
  scrape_interval = %s
  forward_to = [ pyroscope.write.sink.receiver ]
}
pyroscope.write.sink {
  endpoint { url = "http://%s", name = "sink", queue { %s } }
}
`, targets.String(), sc.interval, s.address, queue)
}

// receiver is the door for those who push.
func receiver(sc scenario, port int) string {
	if sc.pushers == 0 {
		return ""
	}
	return fmt.Sprintf(`pyroscope.receive_http.push {
  http { listen_address = "127.0.0.1", listen_port = %d }
  forward_to = [ pyroscope.write.sink.receiver ]
}
`, port)
}

// freePorts are below the ephemeral range: listeners go and come back, and nobody's connection may take their place.
func freePorts(n int) (ports []int, err error) {
	for range 1000 {
		port := 15000 + rand.IntN(15000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		_ = l.Close()
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("no free ports")
}
