// Command golang-pull is the Go service the end-to-end tests profile.
//
// It is an ordinary service with net/http/pprof, plus two things a test needs:
// it can make its own load, and it keeps the cumulative profiles it handed out
// (see served.go), so that a test can compute last minus first exactly.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // registers /debug/pprof/* on the default mux
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"
)

func main() {
	// Every allocation is recorded. At the default rate the runtime multiplies
	// each bucket by a factor that depends on the bucket's average object size:
	// a cumulative value could then go down between two profiles without a
	// restart, and "last minus first" would have no exact meaning. At rate 1
	// the counts are exact and only grow. It must be set before much happens.
	runtime.MemProfileRate = 1
	runtime.SetMutexProfileFraction(5)
	runtime.SetBlockProfileRate(5)

	heapRate := flag.Int("heap-rate", 1, "bytes between two recorded allocations; Go's own default is 524288")
	keep := flag.Bool("keep", true, "keep the cumulative profiles that were handed out; without, Go's own handlers answer")
	every := flag.Duration("every", 100*time.Millisecond, "pause between two rounds of the own load")
	varied := flag.Bool("varied", false, "with -load, also work on inputs that are never the same, so that new stacks go on to appear")
	first := flag.Int("first", 4, "with -varied, pieces of work in the first round")
	listen := flag.String("listen", envOr("LISTEN", "127.0.0.1:6060"), "address to listen on (env LISTEN)")
	bad := flag.Bool("bad-labels", false, "work under pprof labels that a Pyroscope refuses")
	labelled := flag.Bool("labelled", false, "have goroutines that wait under pprof labels")
	load := flag.Bool("load", os.Getenv("LOAD") == "1", "call the own handlers in a bounded loop (env LOAD=1)")
	flag.Parse()
	runtime.MemProfileRate = *heapRate

	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if *load {
		go generateLoad(ctx, "http://"+ln.Addr().String(), *every)
	}
	if *load && *varied {
		go generateVariedLoad(ctx, *first, *every)
	}
	if *labelled {
		waitUnderLabels(ctx)
	}
	if *bad {
		go workUnderBadLabels(ctx)
	}
	log.Printf("listening on %s, start id %s", ln.Addr(), startID)
	server := &http.Server{Handler: routes(*keep)}
	go func() { <-ctx.Done(); server.Close() }()
	if err := server.Serve(ln); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func routes(kept bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/fast", fast)
	mux.HandleFunc("/slow", slow)
	mux.HandleFunc("/memory", memory)
	mux.Handle("/debug/pprof/", http.DefaultServeMux)
	if !kept {
		return mux
	}
	keeper := newKeeper()
	for _, name := range []string{"allocs", "heap", "mutex", "block"} {
		path := "/debug/pprof/" + name
		mux.Handle(path, keeper.wrap(path, http.DefaultServeMux))
	}
	for _, name := range []string{"profile", "goroutine"} {
		path := "/debug/pprof/" + name
		mux.Handle("/kept"+path, http.StripPrefix("/kept", keeper.wrap("/kept"+path, http.DefaultServeMux)))
	}
	mux.HandleFunc("/served", keeper.list)
	mux.HandleFunc("/served/close", keeper.close)
	return mux
}

func fast(w http.ResponseWriter, _ *http.Request) {
	burn(2)
	w.Write([]byte("fast\n"))
}

// slow works under a pprof label, so that a part of the CPU profile can be
// selected by {endpoint="/slow"} in the backend.
func slow(w http.ResponseWriter, r *http.Request) {
	pprof.Do(r.Context(), pprof.Labels("endpoint", "/slow"), func(context.Context) { burn(6) })
	w.Write([]byte("slow\n"))
}

// burn repeats a few milliseconds of work.
func burn(times int) {
	for range times {
		fibonacci(27)
	}
}

//go:noinline
func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}
