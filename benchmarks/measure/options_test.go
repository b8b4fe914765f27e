package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func named(t *testing.T, name string) workload {
	t.Helper()
	rows := workloadsNamed(name)
	if len(rows) != 1 {
		t.Fatalf("%s stands for %d rows", name, len(rows))
	}
	return rows[0]
}

// quiet keeps the usage of a wrong command line out of the test's output.
func quiet(t *testing.T) {
	t.Helper()
	was := os.Stderr
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = null
	t.Cleanup(func() { os.Stderr = was; _ = null.Close() })
}

func TestWorkloadsNamed_theRowsOfTheAcceptanceTable(t *testing.T) {
	type row struct {
		name           string
		types, targets int
		interval       time.Duration
		changed, fresh float64
	}
	want := []row{
		{"A", 5, 200, 15 * time.Second, 0.2, 2},
		{"B", 2, 200, 15 * time.Second, 0.2, 2},
		{"B1200", 2, 1200, 15 * time.Second, 0.2, 2},
		{"C", 1, 200, 15 * time.Second, 0.2, 2},
		{"C-all", 1, 200, 15 * time.Second, 1, 60},
		{"J", 1, 100, time.Minute, 0.2, 2},
	}
	for i, w := range workloadsNamed("acceptance") {
		if got := (row{w.name, len(w.types), w.targets, w.interval, w.changed, w.fresh}); got != want[i] || w.answering != 1 || w.real {
			t.Errorf("%+v, want %+v", got, want[i])
		}
	}
	if n := len(workloadsNamed("acceptance")); n != len(want) {
		t.Errorf("%d rows", n)
	}
}

func TestWorkloadsNamed_scaleRealAndNonsense(t *testing.T) {
	scale := workloadsNamed("scale")
	if len(scale) != 3 || scale[0].loops() != 4000 || scale[1].loops() != 2500 || scale[2].loops() != 50_000 || scale[2].answering != 0.05 {
		t.Errorf("%+v", scale)
	}
	if w := named(t, "real"); !w.real || w.targets != 24 || len(w.types) != 5 {
		t.Errorf("%+v", w)
	}
	if w := named(t, "real6"); w.targets != 6 || named(t, "C-still").changed != 0.02 {
		t.Errorf("%+v", w)
	}
	for _, name := range []string{"", "X", "a", "A-", "A-much", "A0", "A99999999999999999999", "A20001", "realistic"} {
		if rows := workloadsNamed(name); rows != nil {
			t.Errorf("%q stands for %+v", name, rows)
		}
	}
}

func TestParse_optionsStandAnywhereAndWinOverTheWorkload(t *testing.T) {
	p, err := parse([]string{
		"--warmup", "30", "C-all", "--changed", "0", "--java", "/a,/b", "J", "--jit=c1,c2", "--vs", "8ebde41", "--vs-java", "/c",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.workloads) != 2 || p.workloads[0].changed != 0 || p.workloads[0].fresh != 60 || p.workloads[1].interval != time.Minute {
		t.Errorf("%+v", p.workloads)
	}
	if p.options.warmup != 30*time.Second || p.other.rounds != 3 || p.other.commit != "8ebde41" || p.other.java != (java{home: "/c"}) {
		t.Errorf("%+v", p)
	}
	if len(p.javas) != 4 || p.javas[1] != (java{"/a", "c2", ""}) || p.javas[2] != (java{"/b", "c1", ""}) {
		t.Errorf("%+v", p.javas)
	}
}

func TestParse_refusesWhatMakesNoSense(t *testing.T) {
	quiet(t)
	for _, args := range []string{
		"", "Z", "A --window 0", "A --interval 1500ms", "A --changed 1.5", "A --answering 0", "A --jit c3", "A --counts 1,x",
		"A --counts 10 --vs HEAD", "A --rounds 0", "A --targets 0", "A --vs-jit x", "A --nonsense",
	} {
		if _, err := parse(strings.Fields(args)); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

func TestNumbers_sortedAndOnce(t *testing.T) {
	got, err := numbers("200,50,100,50")
	if err != nil || len(got) != 3 || got[0] != 50 || got[2] != 200 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReady_saysHowToMakeARecording(t *testing.T) {
	p := plan{options: options{recording: "/nowhere/recording.jfr"}, workloads: []workload{named(t, "J")}}
	if err := p.ready(); err == nil || !strings.Contains(err.Error(), "benchmarks/recordings") {
		t.Errorf("%v", err)
	}
	p.workloads = []workload{named(t, "A")}
	if err := p.ready(); err != nil {
		t.Error(err)
	}
}

func TestCaches_areFoundByTheirMetrics(t *testing.T) {
	read := func(text string) map[string]lookups {
		all, err := parseCaches(io.Reader(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := read("stoker_stacks_hits_total 10\nstoker_stacks_misses_total 0\n")
	after := read(`# TYPE stoker_stacks_hits_total counter
stoker_stacks_hits_total{type="memory"} 60
stoker_stacks_hits_total{type="mutex"} 45 1790000000
stoker_stacks_misses_total 5.0
stoker_tables_total{component="a",result="hit"} 3
stoker_tables_total{result="miss"} 1
stoker_tables_total{result="other"} 7
pyroscope_relabel_cache_hits_total{component="x"} 0
pyroscope_relabel_cache_misses_total{component="x"} 0
stoker_scrapes_total 99
`)
	if got := hitRates(since(before, after)); got != "stacks 95.0 %, tables 75.0 %" {
		t.Error(got)
	}
	if got := hitRates(since(after, after)); got != "-" {
		t.Error(got)
	}
}

func TestGrowth_oneMoreTargetIsTheSlope(t *testing.T) {
	row := func(targets int, user float64, rss int64) result {
		w := named(t, "D")
		w.targets = targets
		return result{
			name: "D", workload: w, window: 100 * time.Second, cpu: cpu{user: user}, peak: memory{rss: rss},
			sink: sinkStats{Profiles: int64(targets) * 10, Bytes: int64(targets) * 1_000_000},
		}
	}
	all := []result{row(100, 10, 100_000_000), row(300, 25, 104_000_000)}
	table := growth("D", all)
	if !strings.Contains(table, "| 300 | 30.0 | 0.250 | 8.33 | 104 | 20 | 0.00 | 3.00 | 0 (farm: 0) |") {
		t.Error(table)
	}
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for _, l := range lines[2:] {
		if strings.Count(l, "|") != 10 {
			t.Error(l)
		}
	}
	picture := plot("D on <b>", all)
	for _, want := range []string{"&lt;b&gt;", "cores, up to 0.250", "peak RSS, up to 104 MB", `points="220.0,196.0 540.0,40.0"`} {
		if !strings.Contains(picture, want) {
			t.Errorf("no %s in %s", want, picture)
		}
	}
}
