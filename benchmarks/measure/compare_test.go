package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSeated_portsAreExchangedAndDoNotOverlap(t *testing.T) {
	o := options{basePort: 20000}
	for targets, ports := range map[int]int{200: 200, 10_000: 1000} {
		even, odd := seated([2]options{o, o}, 0, targets), seated([2]options{o, o}, 1, targets)
		if even[0].basePort != 20000 || even[1].basePort != odd[0].basePort || odd[1].basePort != 20000 {
			t.Errorf("even %d and %d, odd %d and %d", even[0].basePort, even[1].basePort, odd[0].basePort, odd[1].basePort)
		}
		if even[1].basePort-3 <= even[0].basePort+ports {
			t.Errorf("the second column's ports begin at %d", even[1].basePort-3)
		}
	}
}

func TestRatio_isTheMedianOfTheRoundsWithTheirSpread(t *testing.T) {
	of := func(user float64, rss, bytes, profiles int64) result {
		return result{cpu: cpu{user: user}, peak: memory{rss: rss}, sink: sinkStats{Bytes: bytes, Profiles: profiles}, scrapes: profiles}
	}
	got := ratio("A", []pairOf[result]{
		{of(1, 100, 50, 10), of(2, 100, 100, 20)},
		{of(9, 300, 50, 10), of(10, 100, 100, 20)},
		{of(3, 200, 50, 10), of(4, 100, 100, 20)},
	})
	want := "| A | 0.75 (0.50 to 0.90) | 1.50 (1.00 to 1.80) | 2.00 (1.00 to 3.00) | 0.50 (0.50 to 0.50) | 0.50 (0.50 to 0.50) | 0.50 (0.50 to 0.50) |"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if strings.Count(got, "|") != strings.Count(ratioHeader[:strings.IndexByte(ratioHeader, '\n')], "|") {
		t.Error("row and header differ in columns")
	}
	if got := ratio("A", []pairOf[result]{{of(1, 1, 1, 1), result{}}}); got != "| A | - | - | - | - | - | - |" {
		t.Errorf("nothing to divide by: %s", got)
	}
	if got := spread([]float64{1, 4}); got != "2.50 (1.00 to 4.00)" {
		t.Errorf("an even number of rounds: %s", got)
	}
}

func TestLabel_namesBuildAndJvm(t *testing.T) {
	for want, got := range map[string]string{
		"this":                        java{}.label("this"),
		"8ebde41 on jdk-25":           java{home: "/opt/jdk-25"}.label("8ebde41"),
		"this on jdk-25, C2, -Xmn24m": java{"/opt/jdk-25", "c2", "-Xmn24m"}.label("this"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestEnvironment_hasTheFlagsOfTheColumnOnly(t *testing.T) {
	t.Setenv("STOKER_JAVA_OPTS", "-Xmx9g")
	for want, j := range map[string]java{
		"": {}, "STOKER_JAVA_OPTS=-Xmn24m": {opts: "-Xmn24m"},
		"STOKER_JAVA_OPTS=-XX:TieredStopAtLevel=4 -XX:ReservedCodeCacheSize=64m -Xmn24m": {jit: "c2", opts: "-Xmn24m"},
	} {
		got := ""
		for _, v := range environment(j) {
			if strings.HasPrefix(v, "STOKER_JAVA_OPTS=") {
				got += v
			}
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestColumns_ofACommitIsAWorktreeOfIt(t *testing.T) {
	root, bin := t.TempDir(), t.TempDir()
	do := func(args ...string) string {
		t.Helper()
		out, err := git(root, append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(root, "stoker"), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	do("init", "-q")
	write("old")
	do("add", ".")
	do("commit", "-qm", "old")
	old := do("rev-parse", "--short=7", "HEAD")
	write("new")

	for range 2 { // the second time it is there already
		both, err := comparison{commit: "HEAD", java: java{home: "/opt/jdk-25"}}.columns(options{root: root, bin: bin, java: java{home: "/opt/jdk-17"}})
		if err != nil {
			t.Fatal(err)
		}
		if both[0].label != "this on jdk-17" || both[1].label != old+" on jdk-25" || both[1].java.home != "/opt/jdk-25" {
			t.Errorf("%+v", both)
		}
		for i, want := range []string{"new", "old"} {
			if text, err := os.ReadFile(filepath.Join(both[i].root, "stoker")); err != nil || string(text) != want {
				t.Errorf("column %d: %q, %v", i, text, err)
			}
		}
	}
	if _, err := (comparison{commit: "nonsense"}).columns(options{root: root, bin: bin}); err == nil {
		t.Error("a commit that there is not has no error")
	}
}

func TestPair_measuresTwoCollectorsAtOnce(t *testing.T) {
	bin := binaries(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := options{
		bin: bin, root: bin, collector: self + " stub {config} {listen}", basePort: 21103, label: "this", builds: 1, histories: 1,
		warmup: time.Second, window: 3 * time.Second, start: 10 * time.Second, patience: 5 * time.Second,
	}
	w := override{2, 2 * time.Second, -1, -1, -1}.of(named(t, "C"))
	other := o
	other.label = "other"
	begin := time.Now()
	both, err := pair(context.Background(), seated([2]options{o, other}, 1, 2), w)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 3*(o.warmup+o.window) {
		t.Errorf("took %v: one after the other", took)
	}
	if both[0].name != "C, this" || both[1].name != "C, other" || both[0].sink.Bytes == 0 || both[1].sink.Bytes == 0 {
		t.Errorf("%+v", both)
	}

	other.collector = "false {config}"
	if _, err := pair(context.Background(), seated([2]options{o, other}, 0, 2), w); err == nil ||
		!strings.Contains(err.Error(), "other: collector ended") {
		t.Errorf("one that ends: %v", err)
	}
}
