package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stoker/benchmarks/address"
)

var allTypes = []string{"process_cpu", "memory", "goroutine", "mutex", "block"}

const jfr = "jfr"

// A workload is what the targets of one row are like.
type workload struct {
	name      string
	types     []string // the profile types that are on
	targets   int
	interval  time.Duration
	changed   float64 // share of the samples with other values in the next answer
	fresh     float64 // new stacks a minute
	answering float64 // share of the targets that answer
	real      bool    // Go processes instead of the farm
}

// letters are the workloads; a number of targets may follow, and a variant: B1200, C-all, A10000-few.
var letters = map[string]workload{
	"A": {types: allTypes, targets: 200},
	"B": {types: []string{"process_cpu", "goroutine"}, targets: 200},
	"C": {types: []string{"memory"}, targets: 200},
	"D": {types: []string{"process_cpu", "memory"}, targets: 200},
	"J": {types: []string{jfr}, targets: 100, interval: time.Minute}, // recordings of JVMs

	"real": {types: allTypes, targets: 24, real: true},
}

var variants = map[string]func(*workload){
	"":      func(*workload) {},
	"all":   func(w *workload) { w.changed, w.fresh = 1, 60 },
	"still": func(w *workload) { w.changed, w.fresh = 0.02, 0 },
	"few":   func(w *workload) { w.answering = 0.05 },
}

// groups are names for several rows.
var groups = map[string][]string{
	"all":        {"A", "B", "C"},
	"acceptance": {"A", "B", "B1200", "C", "C-all", "J"},
	"scale":      {"D2000", "A500", "A10000-few"},
}

var written = regexp.MustCompile(`^([A-Z]|real)(\d*)(?:-([a-z]+))?$`)

// workloadsNamed are the rows that a name stands for; none when it stands for nothing.
func workloadsNamed(name string) (rows []workload) {
	for _, n := range groups[name] {
		rows = append(rows, workloadsNamed(n)...)
	}
	m := written.FindStringSubmatch(name)
	if rows != nil || m == nil {
		return rows
	}
	w, known := letters[m[1]]
	change, knownToo := variants[m[3]]
	if !known || !knownToo {
		return nil
	}
	w.name = name
	if w.interval == 0 {
		w.interval = 15 * time.Second
	}
	w.changed, w.fresh, w.answering = 0.2, 2, 1
	if m[2] != "" {
		w.targets, _ = strconv.Atoi(m[2])
	}
	change(&w)
	if w.targets < 1 || w.targets > maxTargets {
		return nil
	}
	return []workload{w}
}

const maxTargets = 20_000

// An override is what an option says of all workloads; what is below zero is left as the workload has it.
type override struct {
	targets                   int
	interval                  time.Duration
	changed, fresh, answering float64
}

func (o override) of(w workload) workload {
	if o.targets >= 0 {
		w.targets = o.targets
	}
	if o.interval >= 0 {
		w.interval = o.interval
	}
	if o.changed >= 0 {
		w.changed = o.changed
	}
	if o.fresh >= 0 {
		w.fresh = o.fresh
	}
	if o.answering >= 0 {
		w.answering = o.answering
	}
	return w
}

func (w workload) valid() error {
	switch {
	case w.targets < 1 || w.targets > maxTargets:
		return fmt.Errorf("%s: %d targets; 1 to %d are possible", w.name, w.targets, maxTargets)
	case w.interval < 2*time.Second || w.interval%time.Second != 0:
		return fmt.Errorf("%s: an interval of %v; it takes whole seconds, two at least", w.name, w.interval)
	case w.changed > 1 || w.answering == 0 || w.answering > 1:
		return fmt.Errorf("%s: a share is at most 1, and some targets have to answer", w.name)
	}
	return nil
}

func (w workload) loops() int { return w.targets * len(w.types) }

// config writes the collector's configuration. Types that are off are named too, as they are on by default.
func (w workload) config(basePort int) string {
	var b strings.Builder
	b.WriteString("pyroscope.scrape.benchmark {\n  targets = [\n")
	for i := range w.targets {
		fmt.Fprintf(&b, "    { \"__address__\" = \"%s\", \"service_name\" = \"benchmark-%03d\" }\n", address.Of(i, basePort), i)
	}
	fmt.Fprintf(&b, "  ]\n  scrape_interval = %gs\n", w.interval.Seconds())
	if slices.Contains(w.types, jfr) {
		b.WriteString("  source = jfr\n  source_config { path = \"/jfr\" }\n")
		return b.String() + forward(basePort-1)
	}
	b.WriteString("  profiling_config {\n")
	for _, t := range allTypes {
		on := slices.Contains(w.types, t)
		if t == "memory" && on {
			b.WriteString("    profile.memory { enabled = true, path = \"/debug/pprof/allocs\" }\n")
			continue
		}
		fmt.Fprintf(&b, "    profile.%s { enabled = %t }\n", t, on)
	}
	return b.String() + "  }\n" + forward(basePort-1)
}

func forward(sinkPort int) string {
	return fmt.Sprintf("  forward_to = [ pyroscope.write.sink.receiver ]\n}\n"+
		"pyroscope.write.sink {\n  endpoint { url = \"http://127.0.0.1:%d\" }\n}\n", sinkPort)
}
