package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSeated_portsAreExchangedAndDoNotOverlap(t *testing.T) {
	o := options{basePort: 20000, targets: 200}
	even, odd := seated([2]options{o, o}, 0), seated([2]options{o, o}, 1)
	if even[0].basePort != 20000 || even[1].basePort != odd[0].basePort || odd[1].basePort != 20000 {
		t.Errorf("even %d and %d, odd %d and %d", even[0].basePort, even[1].basePort, odd[0].basePort, odd[1].basePort)
	}
	if even[1].basePort-3 <= even[0].basePort+even[0].targets {
		t.Errorf("the second column's ports begin at %d", even[1].basePort-3)
	}
}

func TestRatio_sumsCpuAndBytesAndMeansPeaks(t *testing.T) {
	of := func(user float64, rss, bytes, scrapes int64) result {
		return result{cpu: cpu{user: user}, peak: memory{rss: rss}, sink: sinkStats{Bytes: bytes}, scrapes: scrapes}
	}
	got := ratio("A", []result{of(1, 100, 50, 10), of(2, 200, 50, 10)}, []result{of(2, 100, 100, 20), of(2, 100, 100, 20)})
	if want := "| A | 0.75 | 1.50 | 1.50 | 0.50 | 0.50 |"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := ratio("A", []result{of(1, 1, 1, 1)}, []result{{}}); got != "| A | - | - | - | - | - |" {
		t.Errorf("nothing to divide by: %s", got)
	}
}

func TestLabel_namesBuildAndJdk(t *testing.T) {
	if a, b := label("this", ""), label("8ebde41", "/opt/jdk-25"); a != "this" || b != "8ebde41 on jdk-25" {
		t.Errorf("%s, %s", a, b)
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
		both, err := comparison{commit: "HEAD", java: "/opt/jdk-25"}.columns(options{root: root, bin: bin, java: "/opt/jdk-17"})
		if err != nil {
			t.Fatal(err)
		}
		if both[0].label != "this on jdk-17" || both[1].label != old+" on jdk-25" || both[1].java != "/opt/jdk-25" {
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
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin+"/", "../farm", "../sink").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := options{
		bin: bin, root: bin, collector: self + " stub {config} {listen}", targets: 2, basePort: 21103, label: "this",
		interval: 2 * time.Second, warmup: time.Second, window: 3 * time.Second, start: 10 * time.Second, patience: 5 * time.Second,
	}
	other := o
	other.label = "other"
	begin := time.Now()
	both, err := pair(context.Background(), seated([2]options{o, other}, 1), "C")
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
	if _, err := pair(context.Background(), seated([2]options{o, other}, 0), "C"); err == nil ||
		!strings.Contains(err.Error(), "other: collector ended") {
		t.Errorf("one that ends: %v", err)
	}
}
