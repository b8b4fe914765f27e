package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// A field of the wire format; the ready-made encoder would take gigabytes for a million samples.
func number(b []byte, field, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, field<<3), value)
}

func block(b []byte, field uint64, data []byte) []byte {
	b = binary.AppendUvarint(b, field<<3|2)
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// manyStacks is a heap profile of distinct stacks of two frames, small when it is compressed.
func manyStacks(samples, locations int, value uint64) []byte {
	var b []byte
	for i := range 4 {
		b = block(b, 1, number(number(nil, 1, uint64(4+2*i)), 2, uint64(5+2*(i%2))))
	}
	for i := range samples {
		stack := binary.AppendUvarint(nil, uint64(i%locations+1))
		stack = binary.AppendUvarint(stack, uint64(i/locations%locations+1))
		values := append(binary.AppendUvarint(binary.AppendUvarint(nil, value), value), 0, 0)
		b = block(b, 2, block(block(nil, 1, stack), 2, values))
	}
	for i := 1; i <= locations; i++ {
		b = block(b, 4, block(number(number(nil, 1, uint64(i)), 3, uint64(0x1000+i*16)), 4, number(nil, 1, uint64(i))))
		b = block(b, 5, number(number(nil, 1, uint64(i)), 2, 3))
	}
	for _, s := range []string{"", "x", "y", "main.f", "alloc_objects", "count", "alloc_space", "bytes", "inuse_objects", "z", "inuse_space"} {
		b = block(b, 6, []byte(s))
	}
	b = number(b, 9, uint64(time.Now().UnixNano()))
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// growing answers with one profile and then the other, in which every value is higher.
func (w *world) growing(samples, locations int) (port string, err error) {
	bodies := [][]byte{manyStacks(samples, locations, 5), manyStacks(samples, locations, 6)}
	var n atomic.Int64
	return w.peer(func(rw http.ResponseWriter, r *http.Request) { _, _ = rw.Write(bodies[n.Add(1)%2]) })
}

func init() {
	attacks = append(attacks,
		attack{
			name: "huge-baselines",
			what: "10 targets with 999,000 stacks each, in bodies of 2 MB",
			start: func(w *world) (string, error) {
				port, err := w.growing(999_000, 1_000)
				config := scrapeOnly("huge", "memory", targets(10, port, ""), "")
				return strings.Replace(config, "scrape_interval = 5s", "scrape_interval = 15s", 1), err
			},
			check: func(w *world) []string { return w.goodBaselines("pyroscope.scrape.huge") },
		},
		attack{
			name: "many-baselines",
			what: "10,000 honest targets with 970 stacks each, whose baselines do not fit",
			start: func(w *world) (string, error) {
				port, err := w.growing(970, 970)
				config := scrapeOnly("fleet", "memory", targets(10_000, port, ""), "")
				return strings.Replace(config, "scrape_interval = 5s", "scrape_interval = 60s", 1), err
			},
			check:    func(w *world) []string { return w.goodBaselines("pyroscope.scrape.fleet") },
			shortest: 150 * time.Second,
			long:     true,
		})
}

// goodBaselines: small baselines are there whatever the large ones take, and what pauses says so.
func (w *world) goodBaselines(bad string) (findings []string) {
	paused := w.metric("stoker_delta_paused_total", `component="`+bad+`"`)
	fmt.Printf("    baselines: %.0f of %.0f bytes, %.0f scrapes paused\n", w.metric("stoker_baseline_memory_bytes"),
		w.metric("stoker_baseline_memory_limit_bytes"), paused)
	if paused == 0 {
		findings = append(findings, "nothing was paused: the attack is too weak for this heap")
	}
	return findings
}
