// Pushes measures what the collector's own door costs: so many clients push to pyroscope.receive_http, one connection each,
// and the sink counts what comes out at the other end. See ../README.md.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

type options struct {
	stoker, sink, dir string
	rate, connections int
	size              int
	warmup, window    time.Duration
	sinkDelay         time.Duration
	port              int
	queue             string
	profile           string
}

func main() {
	var o options
	flag.StringVar(&o.stoker, "stoker", "", "the launcher (set by pushes/run)")
	flag.StringVar(&o.sink, "sink", "", "the sink's program (set by pushes/run)")
	flag.IntVar(&o.rate, "rate", 2000, "pushes per second, all connections together")
	flag.IntVar(&o.connections, "connections", 64, "clients with a connection each")
	flag.IntVar(&o.size, "size", 50_000, "bytes of a profile, gzipped")
	flag.DurationVar(&o.warmup, "warmup", 15*time.Second, "before the window")
	flag.DurationVar(&o.window, "window", 60*time.Second, "that is measured")
	flag.DurationVar(&o.sinkDelay, "sink-delay", 0, "time until the sink answers")
	flag.IntVar(&o.port, "port", 19991, "of the receiver; the admin server and the sink take the next two")
	flag.StringVar(&o.queue, "queue", "", "arguments of the endpoint's queue, such as memory=128MiB")
	flag.StringVar(&o.profile, "cpu-profile", "", "file for a CPU profile of the collector in the window, by its own admin server")
	flag.Parse()
	r, err := run(o)
	if err == nil {
		r.print(os.Stdout)
		err = r.wrong()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks/pushes/run:", err)
		os.Exit(1)
	}
}

const config = `pyroscope.receive_http.push {
  http { listen_address = "127.0.0.1", listen_port = %d }
  forward_to = [ pyroscope.write.sink.receiver ]
}
pyroscope.write.sink { endpoint { url = "http://127.0.0.1:%d", queue { %s } } }
`

func run(o options) (r result, err error) {
	if o.dir, err = os.MkdirTemp("", "pushes"); err != nil {
		return r, err
	}
	defer os.RemoveAll(o.dir)
	sink, admin := fmt.Sprintf("http://127.0.0.1:%d", o.port+2), fmt.Sprintf("http://127.0.0.1:%d", o.port+1)
	file := filepath.Join(o.dir, "pushes.conf")
	if err := os.WriteFile(file, []byte(fmt.Sprintf(config, o.port, o.port+2, o.queue)), 0o644); err != nil {
		return r, err
	}
	counter, err := start(o, "sink", o.sink, "-port", fmt.Sprint(o.port+2), "-delay", o.sinkDelay.String())
	if err != nil {
		return r, err
	}
	defer counter.stop()
	stoker, err := start(o, "stoker", o.stoker, "run", file, "--listen", fmt.Sprintf("127.0.0.1:%d", o.port+1), "--storage", filepath.Join(o.dir, "storage"))
	if err != nil {
		return r, err
	}
	defer stoker.stop()
	for _, url := range []string{sink + "/ready", admin + "/-/ready"} {
		if err := await(url, time.Minute); err != nil {
			return r, fmt.Errorf("%w\n%s", err, stoker.log())
		}
	}
	r.options = o
	load := newLoad(o)
	load.start()
	time.Sleep(o.warmup)
	if r.cores, err = load.measure(o, admin, sink, stoker, counter); err != nil {
		return r, err
	}
	load.stop()
	r.sent = load.total()
	// What has come in goes out within moments, what went to the disk at the rate of a backlog; else it is lost.
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		if err := getJSON(sink+"/stats", &r.sink); err != nil {
			return r, err
		}
		if r.sink.Profiles >= r.sent.taken || time.Now().After(end) {
			break
		}
	}
	r.memory = peak(stoker.pid())
	return r, getJSON(admin+"/api/v1/endpoints", &r.endpoints)
}

func await(url string, limit time.Duration) error {
	for end := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		answer, err := http.Get(url)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(answer.Status)
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: %w", url, err)
		}
	}
}

func getJSON(url string, into any) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(into)
}

func loadAverage() string {
	b, _ := os.ReadFile("/proc/loadavg")
	return strings.Join(strings.Fields(string(b))[:3], " ")
}
