// golang-push sends its own profiles by Pyroscope's Go SDK, and tags them by
// endpoint: the other way to get profiles into the same place.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/grafana/pyroscope-go"
)

func main() {
	listen := flag.String("listen", ":8080", "address")
	server := flag.String("pyroscope", "http://localhost:4040", "server")
	load := flag.Bool("load", false, "call the own handlers")
	flag.Parse()
	_, err := pyroscope.Start(pyroscope.Config{
		ApplicationName: "echo.server",
		ServerAddress:   *server,
		UploadRate:      10 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	for path, n := range map[string]int{"/fast": 20, "/slow": 32} {
		http.HandleFunc(path, tagged(path, n))
	}
	if *load {
		go func() {
			for {
				work("/fast", 20)
				work("/slow", 29)
				time.Sleep(50 * time.Millisecond)
			}
		}()
	}
	log.Fatal(http.ListenAndServe(*listen, nil))
}

func tagged(path string, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, work(path, n)) }
}

func work(path string, n int) (result int) {
	pyroscope.TagWrapper(context.Background(), pyroscope.Labels("endpoint", path), func(context.Context) {
		result = fibonacci(n)
	})
	return result
}

func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}
