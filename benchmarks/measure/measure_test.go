package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The test binary is also the stand-in for the collector: `<binary> stub CONFIG LISTEN`.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "stub" {
		stub(os.Args[2], os.Args[3])
		return
	}
	status := m.Run()
	if dir, err := built(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// built is a folder with farm and sink, made once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", dir+"/", "../farm", "../sink").CombinedOutput(); err != nil {
		return dir, fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func binaries(t *testing.T) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// stub scrapes the heap of every target of the configuration each 2 s, pushes it, and answers what the script asks.
func stub(conf, listen string) {
	text, err := os.ReadFile(conf)
	if err != nil {
		panic(err)
	}
	addresses := regexp.MustCompile(`"__address__" = "([^"]+)"`).FindAllSubmatch(text, -1)
	sink := string(regexp.MustCompile(`url = "([^"]+)"`).FindSubmatch(text)[1])
	var scrapes, failures atomic.Int64
	for _, a := range addresses {
		go func() {
			for ; ; time.Sleep(2 * time.Second) {
				scrapes.Add(1)
				if err := copyProfile("http://"+string(a[1])+"/debug/pprof/allocs", sink); err != nil {
					failures.Add(1)
				}
			}
		}()
	}
	http.HandleFunc("/-/ready", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/api/v1/targets", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"active": []any{map[string]any{
			"health": "up", "last_error": nil, "scrapes": scrapes.Load(), "failures": failures.Load(), "skipped": 0,
		}}})
	})
	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		n := scrapes.Load()
		fmt.Fprintf(w, "stoker_delta_cache_hits_total{type=\"memory\"} %d\nstoker_delta_cache_misses_total %d\n", 3*n, n)
	})
	http.HandleFunc("/api/v1/endpoints", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `[{"offered":9,"sent":7,"dropped":{"bytes":1,"age":1},"queued":0,"in_flight":0}]`)
	})
	go func() { panic(http.ListenAndServe(listen, nil)) }()
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	<-term
	os.Exit(3)
}

func copyProfile(from, sink string) error {
	r, err := http.Get(from)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	field := func(n byte, v []byte) string {
		return string(binary.AppendUvarint([]byte{n<<3 | 2}, uint64(len(v)))) + string(v)
	}
	label := field(1, []byte(field(1, []byte("__name__"))+field(2, []byte("memory"))))
	push := field(1, []byte(label+field(2, []byte(field(1, raw)))))
	a, err := http.Post(sink+"/push.v1.PusherService/Push", "application/proto", strings.NewReader(push))
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("push answers %s", a.Status)
	}
	return nil
}

func TestRun_measuresACollectorFromOutside(t *testing.T) {
	bin := binaries(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := options{
		bin: bin, root: bin, collector: self + " stub {config} {listen}", basePort: 21003, builds: 2, histories: 1,
		warmup: time.Second, window: 4 * time.Second, start: 10 * time.Second, patience: 5 * time.Second, check: true,
	}
	r, err := o.run(context.Background(), override{3, 2 * time.Second, -1, -1, -1}.of(named(t, "C")))
	if err != nil {
		t.Fatal(err)
	}
	if r.scrapes < 3 || r.failures != 0 || r.farm.Total.Requests != r.scrapes || r.sink.Requests != r.scrapes {
		t.Errorf("%d scrapes, %d failures, farm %+v, sink %+v", r.scrapes, r.failures, r.farm, r.sink)
	}
	if r.sink.Invalid != 0 || r.farm.Total.Missed != 0 || r.peak.rss == 0 || r.cpu.total() <= 0 {
		t.Errorf("%+v", r)
	}
	if r.exit != "exit status 3" || r.delivery != (delivery{offered: 9, sent: 7, dropped: 2}) {
		t.Errorf("exit %q, delivery %+v", r.exit, r.delivery)
	}
	if got := hitRates(r.caches); got != "delta_cache 75.0 %" {
		t.Errorf("caches: %s", got)
	}
	if strings.Count(r.row(), "|") != strings.Count(header[:strings.IndexByte(header, '\n')], "|") {
		t.Errorf("row and header differ in columns: %s", r.row())
	}
}

func TestRun_saysThatTheCollectorEnded(t *testing.T) {
	bin := binaries(t)
	o := options{
		bin: bin, root: bin, collector: "false {config}", basePort: 21013, builds: 1, histories: 1,
		window: time.Second, start: 10 * time.Second, patience: time.Second,
	}
	if _, err := o.run(context.Background(), named(t, "B1")); err == nil || !strings.Contains(err.Error(), "collector ended: exit status 1") {
		t.Fatalf("error %v", err)
	}
}

func TestConfig_namesEveryTypeOnOrOff(t *testing.T) {
	for name, on := range map[string]int{"A": 5, "B": 2, "C": 1} {
		text := named(t, name).config(20000)
		if got := strings.Count(text, "enabled = true"); got != on {
			t.Errorf("%s: %d types on, want %d", name, got, on)
		}
		if got := strings.Count(text, "enabled = false"); got != 5-on {
			t.Errorf("%s: %d types off, want %d", name, got, 5-on)
		}
		if strings.Count(text, "__address__") != 200 || !strings.Contains(text, "127.0.0.1:20199") {
			t.Errorf("%s: not 200 targets", name)
		}
	}
}

func TestParseStat_nameWithBlanksAndBrackets(t *testing.T) {
	c, err := parseStat("42 (a b) c) S 1 42 42 0 -1 4194304 9 0 0 0 250 50 7 7 20 0 9 0 1 2 3")
	if err != nil || c != (cpu{2.5, 0.5}) {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestParseStatus_memory(t *testing.T) {
	m := parseStatus("Name:\tx\nVmHWM:\t    3000 kB\nVmRSS:\t    2000 kB\nRssAnon:\t    1000 kB\nThreads:\t9\n")
	if m != (memory{rss: 2_048_000, anon: 1_024_000, hwm: 3_072_000}) {
		t.Fatalf("%+v", m)
	}
}

func TestCounts_saysWhyARowIsVoid(t *testing.T) {
	good := result{
		workload: workload{targets: 100, types: []string{"memory"}, interval: 10 * time.Second, answering: 1},
		window:   10 * time.Second, scrapes: 96, exit: "exit status 0",
	}
	if err := good.counts(); err != nil {
		t.Errorf("a good row: %v", err)
	}
	few, failed, dropped, killed := good, good, good, good
	few.scrapes, failed.failures, dropped.delivery.dropped, killed.exit = 94, 1, 1, "signal: killed"
	for want, r := range map[string]result{"94 scrapes of 100": few, "1 scrapes failed": failed, "1 profiles were dropped": dropped, "killed": killed} {
		if err := r.counts(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestCounts_whereFewAnswerThoseHaveToBeScraped(t *testing.T) {
	r := result{
		workload: workload{targets: 100, types: []string{"memory"}, interval: 10 * time.Second, answering: 0.05},
		window:   10 * time.Second, scrapes: 100, failures: 95, exit: "exit status 0",
	}
	r.farm.Total.Answered = 5
	if err := r.counts(); err != nil {
		t.Error(err)
	}
	r.farm.Total.Answered = 4
	if err := r.counts(); err == nil {
		t.Error("four of five count")
	}
}
