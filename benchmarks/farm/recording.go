package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"
)

// JFR's chunk header: magic, version, size at 8, start at 32 (Unix nanoseconds), all big-endian.
const (
	chunkSizeAt  = 8
	chunkStartAt = 32
	chunkHeader  = 68
)

// recording is the kind of a JVM's targets: one chunk, which begins at another time in each answer, as the next one of
// a recording that runs on.
var recording = kind{name: "jfr", path: "/jfr"}

// readChunk is the first chunk of a recording.
func readChunk(file string) ([]byte, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(b) < chunkHeader || string(b[:4]) != "FLR\x00" {
		return nil, errors.New(file + " is no JFR recording")
	}
	size := binary.BigEndian.Uint64(b[chunkSizeAt:])
	if size > uint64(len(b)) {
		return nil, fmt.Errorf("%s: its first chunk is cut", file)
	}
	return b[:size], nil
}

func newJVM(chunk []byte, interval time.Duration) *target {
	return &target{interval: interval, loops: map[string]*loop{recording.path: {series: series{kind: recording}, chunk: chunk}}}
}

func (t *target) serveChunk(w http.ResponseWriter, l *loop) {
	now := time.Now()
	l.arriveFor(now, t.interval)
	w.Header().Set("Content-Length", strconv.Itoa(len(l.chunk)))
	head := append([]byte(nil), l.chunk[:chunkHeader]...)
	binary.BigEndian.PutUint64(head[chunkStartAt:], uint64(now.Add(-t.interval).UnixNano()))
	_, err := w.Write(head)
	if err == nil {
		_, err = w.Write(l.chunk[chunkHeader:])
	}
	l.leave(len(l.chunk), err == nil)
}

// arriveFor counts a request.
func (l *loop) arriveFor(now time.Time, interval time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(now, interval)
	l.n.InFlight++
}
