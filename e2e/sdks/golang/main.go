// A program that works, allocates, waits and blocks, and pushes all that Pyroscope's Go SDK
// can profile to the server that is its argument. It ends by itself.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime"
	"sync"
	"time"

	otelpyroscope "github.com/grafana/otel-profiling-go"
	"github.com/grafana/pyroscope-go"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var (
	mu   sync.Mutex
	kept [][]byte
	sink int
)

func main() {
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	profiler, err := pyroscope.Start(pyroscope.Config{
		ApplicationName: "sdk-go",
		ServerAddress:   os.Args[1],
		Tags:            map[string]string{"region": "eu", "host.name": "böx"},
		UploadRate:      4 * time.Second,
		Logger:          logger{},
		ProfileTypes: []pyroscope.ProfileType{
			pyroscope.ProfileCPU, pyroscope.ProfileAllocObjects, pyroscope.ProfileAllocSpace,
			pyroscope.ProfileInuseObjects, pyroscope.ProfileInuseSpace, pyroscope.ProfileGoroutines,
			pyroscope.ProfileMutexCount, pyroscope.ProfileMutexDuration,
			pyroscope.ProfileBlockCount, pyroscope.ProfileBlockDuration,
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	otel.SetTracerProvider(otelpyroscope.NewTracerProvider(sdktrace.NewTracerProvider()))
	tracer := otel.Tracer("sdk-go")
	for end := time.Now().Add(14 * time.Second); time.Now().Before(end); {
		ctx, span := tracer.Start(context.Background(), "checkout")
		pyroscope.TagWrapper(ctx, pyroscope.Labels("endpoint", "/buy", "step", "pay"), func(context.Context) { work(60) })
		span.End()
		fmt.Println("span", span.SpanContext().SpanID())
		pyroscope.TagWrapper(context.Background(), pyroscope.Labels("endpoint", "/look"), func(context.Context) { work(20) })
		contend()
	}
	profiler.Flush(true)
	if err := profiler.Stop(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("done", sink, len(kept))
}

// work takes so many milliseconds of time, most of it on the CPU, and keeps a little.
func work(millis int) {
	for end := time.Now().Add(time.Duration(millis) * time.Millisecond); time.Now().Before(end); {
		for i := range 100_000 {
			sink += i * i
		}
	}
	kept = append(kept, make([]byte, 100_000))
}

func contend() {
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			mu.Lock()
			defer mu.Unlock()
			time.Sleep(time.Millisecond)
		}()
	}
	group.Wait()
}

type logger struct{}

func (logger) Infof(format string, args ...any)  { log.Printf("info "+format, args...) }
func (logger) Debugf(string, ...any)             {}
func (logger) Errorf(format string, args ...any) { log.Printf("error "+format, args...) }
