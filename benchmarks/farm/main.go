// Farm stands in for many Go services: each target listens on a port of its own and serves /debug/pprof/* with
// bodies of real size whose values move from one answer to the next. See ../README.md.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("farm: ")
	var (
		host        = flag.String("host", "127.0.0.1", "address to listen on")
		targets     = flag.Int("targets", 200, "number of targets")
		basePort    = flag.Int("base-port", 20000, "port of the first target; the others follow")
		controlPort = flag.Int("control-port", 19998, "port of GET /stats and POST /reset")
		seed        = flag.Uint64("seed", 1, "what the bodies are generated from")
		generations = flag.Int("generations", 64, "successive bodies of a type; when a target has answered all it begins again, like a restarted process")
		interval    = flag.Duration("interval", 15*time.Second, "the collector's scrape interval, to count missed ticks")
		jfr         = flag.String("recording", "", "a JFR recording: targets are JVMs that answer /jfr with its first chunk, and nothing else")
		chunked     = flag.Bool("chunked", false, "answer without Content-Length, as Go's own /debug/pprof does for bodies of this size")
	)
	flag.Parse()
	if *targets < 1 || *generations < 1 || *interval <= 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	var all []series
	var chunk []byte
	if *jfr != "" {
		var err error
		if chunk, err = readChunk(*jfr); err != nil {
			log.Fatal(err)
		}
		log.Printf("%-11s %d bytes", recording.name, len(chunk))
		kinds = nil
	}
	for _, k := range kinds {
		s, err := newSeries(k, *seed, *generations)
		if err != nil {
			log.Fatal(err)
		}
		low, high, inflated := s.sizes()
		log.Printf("%-11s %4d samples, %6d to %6d bytes gzipped, %6d inflated", k.name, k.samples, low, high, inflated)
		all = append(all, s)
	}

	c := &control{interval: *interval, since: time.Now()}
	failed := make(chan error, 1)
	serve := func(port int, h http.Handler) {
		l, err := net.Listen("tcp", net.JoinHostPort(*host, fmt.Sprint(port)))
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			failed <- (&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}).Serve(l)
		}()
	}
	for i := range *targets {
		t := newTarget(all, *interval, *chunked)
		if chunk != nil {
			t = newJVM(chunk, *interval)
		}
		c.targets = append(c.targets, t)
		serve(*basePort+i, t)
	}
	serve(*controlPort, c.handler())
	log.Printf("%d targets from %s:%d, control on port %d", *targets, *host, *basePort, *controlPort)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop:
	}
}
