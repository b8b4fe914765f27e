// golang-pull is a service as most are: it imports net/http/pprof, and that is
// all that Stoker needs.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"sync"
	"time"
)

var (
	mu   sync.Mutex
	kept [32][]byte
)

func main() {
	listen := flag.String("listen", ":6060", "address")
	load := flag.Bool("load", false, "call the own handlers")
	flag.Parse()
	runtime.SetMutexProfileFraction(5)
	runtime.SetBlockProfileRate(5)
	http.HandleFunc("/fast", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, fibonacci(20)) })
	http.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, fibonacci(30)) })
	http.HandleFunc("/memory", memory)
	if *load {
		go generateLoad()
	}
	log.Fatal(http.ListenAndServe(*listen, nil))
}

func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

func memory(w http.ResponseWriter, _ *http.Request) {
	mu.Lock()
	defer mu.Unlock()
	for i := range kept {
		kept[i] = make([]byte, 16<<10)
	}
	time.Sleep(time.Millisecond) // so that others wait for the lock
	fmt.Fprintln(w, len(kept))
}

func generateLoad() {
	for {
		var calls sync.WaitGroup
		for _, handler := range []http.HandlerFunc{memory, memory} {
			calls.Add(1)
			go func() {
				defer calls.Done()
				handler(discard{}, nil)
			}()
		}
		fibonacci(27)
		calls.Wait()
		time.Sleep(50 * time.Millisecond)
	}
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
