// Sink stands in for Pyroscope: it takes push.v1 (Connect unary, HTTP/1.1 and HTTP/2 cleartext with prior knowledge),
// counts what came and answers like a server that stored it. See ../README.md.
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
	log.SetPrefix("sink: ")
	var (
		host  = flag.String("host", "127.0.0.1", "address to listen on")
		port  = flag.Int("port", 19999, "port of the push service, GET /stats and POST /reset")
		delay = flag.Duration("delay", 0, "time until a push is answered; Pyroscope's v2 storage takes about 500ms, v1 some 50ms")
		check = flag.Bool("check", false, "parse every profile and count the invalid ones; takes a lot of CPU")
	)
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(*host, fmt.Sprint(*port)))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s, answers after %v", l.Addr(), *delay)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- newServer(newSink(*delay, *check).handler()).Serve(l) }()
	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop:
	}
}

func newServer(h http.Handler) *http.Server {
	var p http.Protocols
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	return &http.Server{Handler: h, Protocols: &p, ReadHeaderTimeout: 10 * time.Second}
}
