// Farm stands in for many Go services: each target listens on a port of its own and serves /debug/pprof/* with
// bodies of real size whose values move from one answer to the next. See ../README.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"stoker/benchmarks/address"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("farm: ")
	var (
		targets     = flag.Int("targets", 200, "number of targets")
		basePort    = flag.Int("base-port", 20000, "port of the first target; the others follow, from the 1,001st on at another loopback address")
		controlPort = flag.Int("control-port", 19998, "port of GET /stats and POST /reset")
		seed        = flag.Uint64("seed", 1, "what the bodies are generated from")
		generations = flag.Int("generations", 64, "successive bodies of a type; when a target has answered all it begins again, like a restarted process")
		interval    = flag.Duration("interval", 15*time.Second, "the collector's scrape interval, to count missed ticks")
		jfr         = flag.String("recording", "", "a JFR recording: targets are JVMs that answer /jfr with its first chunk, and nothing else")
		types       = flag.String("types", "", "the profile types that are served, divided by commas; empty = all")
		changed     = flag.Float64("changed", 0.2, "share of the samples that have other values in the next answer")
		fresh       = flag.Float64("new-stacks", 2, "stacks that are new each minute, of each type; in a heap they come first, and all ids shift")
		builds      = flag.Int("builds", 4, "programs among the targets, each with stacks and tables of its own")
		histories   = flag.Int("histories", 2, "processes of each build that found the same stacks in another order")
		length      = flag.Bool("content-length", false, "answer with Content-Length; Go's own handlers send bodies of this size in chunks")
		answering   = flag.Float64("answering", 1, "share of the targets that answer; at the others nobody listens")
	)
	flag.Parse()
	sh := shape{
		seed: *seed, generations: *generations + stagger, changed: *changed, fresh: *fresh * interval.Minutes(),
		builds: *builds, histories: *histories,
	}
	if *targets < 1 || *generations < 1 || *interval <= 0 || flag.NArg() > 0 || !sh.valid() || *answering <= 0 || *answering > 1 {
		flag.Usage()
		os.Exit(2)
	}

	var all [][]series
	var chunk []byte
	var err error
	if *jfr == "" {
		all, err = generate(sh, *types)
	} else {
		chunk, err = readChunk(*jfr)
		log.Printf("%-11s %d bytes", recording.name, len(chunk))
	}
	if err != nil {
		log.Fatal(err)
	}

	c := &control{interval: *interval, since: time.Now()}
	failed := make(chan error, 1)
	serve := func(at string, h http.Handler) {
		l, err := net.Listen("tcp", at)
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			failed <- (&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}).Serve(l)
		}()
	}
	for i := range *targets {
		if !address.Answers(i, *answering) {
			continue
		}
		t := newTarget(i, all, *interval, *length)
		if chunk != nil {
			t = newJVM(chunk, *interval)
		}
		c.targets = append(c.targets, t)
		serve(address.Of(i, *basePort), t)
	}
	serve(fmt.Sprintf("127.0.0.1:%d", *controlPort), c.handler())
	log.Printf("%d of %d targets answer, the first is %s; control on port %d", len(c.targets), *targets, address.Of(0, *basePort), *controlPort)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop:
	}
}

// generate makes the bodies of the types named, or of all, and tells their sizes. Types are made at the same time.
func generate(sh shape, types string) ([][]series, error) {
	var wanted []kind
	for _, k := range kinds {
		if types == "" || slices.Contains(strings.Split(types, ","), k.name) {
			wanted = append(wanted, k)
		}
	}
	all := make([][]series, len(wanted))
	failed := make([]error, len(wanted))
	var running sync.WaitGroup
	for i, k := range wanted {
		running.Go(func() { all[i], failed[i] = sh.all(k) })
	}
	running.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	for i, k := range wanted {
		low, high, inflated := all[i][0].sizes()
		log.Printf("%-11s %4d samples, %6d to %6d bytes gzipped, %6d inflated", k.name, k.samples, low, high, inflated)
	}
	return all, nil
}
