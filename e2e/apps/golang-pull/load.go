package main

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// retained keeps some allocations alive, so that inuse_* has values too. It is
// a ring: memory stays bounded however long the service runs.
var retained struct {
	sync.Mutex
	ring [64][]byte
	next int
}

// memory allocates objects of several sizes and keeps the last few.
func memory(w http.ResponseWriter, _ *http.Request) {
	for size := 1 << 8; size <= 1<<14; size <<= 1 {
		keep(make([]byte, size))
	}
	w.Write([]byte("memory\n"))
}

func keep(b []byte) {
	retained.Lock()
	defer retained.Unlock()
	retained.ring[retained.next%len(retained.ring)] = b
	retained.next++
}

// generateLoad calls the handlers and makes contention until ctx ends. Every
// round is followed by a pause: the load is bounded to a part of one core.
func generateLoad(ctx context.Context, base string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for _, path := range []string{"/fast", "/slow", "/memory"} {
			get(base + path)
		}
		contend()
		blockOnChannel()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func get(url string) {
	resp, err := http.Get(url)
	if err != nil {
		return // the server is starting or stopping
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

// contend lets several goroutines wait for one lock: mutex profile. Many
// rounds, because only one event in five is recorded.
func contend() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 3 {
				mu.Lock()
				time.Sleep(200 * time.Microsecond)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// blockOnChannel waits for a slow sender: block profile.
func blockOnChannel() {
	ch := make(chan int)
	go func() {
		time.Sleep(time.Millisecond)
		ch <- 1
	}()
	<-ch
}
