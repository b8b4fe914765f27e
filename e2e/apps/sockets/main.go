// Command sockets serves its profiles on a unix socket and leaks one goroutine
// for each second: it waits for a channel that nobody else knows. Go 1.26 has
// the profile of leaked goroutines in programs that are built with
// GOEXPERIMENT=goroutineleakprofile.
package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"
)

var live = make(chan int)

func main() {
	path := os.Args[1]
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	go waits()
	go func() {
		for range time.Tick(time.Second) {
			leaks()
		}
	}()
	log.Fatal(http.Serve(listener, nil))
}

// leaks forgets the channel for which its goroutine waits.
func leaks() {
	forgotten := make(chan int)
	go forever(forgotten)
}

//go:noinline
func forever(never chan int) { <-never }

// waits is no leak: main can still send.
//
//go:noinline
func waits() { <-live }
