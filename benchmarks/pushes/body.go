package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net"

	"github.com/google/pprof/profile"
)

// A body is a CPU profile that is deflated once and pushed many times, each time with another time_nanos: a gzip stream that is
// left open, behind which one stored block with the time and the trailer for both follow.
type body struct {
	labels   []byte // of its series, as fields of RawProfileSeries
	deflated []byte
	crc      uint32 // of what is deflated
	inflated uint32
}

// ending is a final stored block with time_nanos, a fixed64-sized varint, and the trailer.
const ending = 1 + 2 + 2 + 1 + 10 + 8

func newBody(seed uint64, size int) *body {
	rng := rand.New(rand.NewPCG(seed, 50))
	var labels []byte
	for _, pair := range [][2]string{{"__name__", "process_cpu"}, {"service_name", "pushes"}, {"client", fmt.Sprint(seed)}} {
		labels = raw(labels, 1, raw(raw(nil, 1, []byte(pair[0])), 2, []byte(pair[1])))
	}
	samples := 1000
	for {
		b := deflate(someProfile(rng, samples))
		if got := len(b.deflated) + ending; got > size*99/100 && got < size*101/100 {
			b.labels = labels
			return b
		} else {
			samples = max(1, samples*size/got)
		}
	}
}

func deflate(plain []byte) *body {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // as Go's SDK; writes to memory do not fail
	_, _ = w.Write(plain)
	_ = w.Flush()
	return &body{deflated: bytes.Clone(out.Bytes()), crc: crc32.ChecksumIEEE(plain), inflated: uint32(len(plain))}
}

// someProfile has so many stacks of some 25 frames, of a program with half as many functions.
func someProfile(rng *rand.Rand, samples int) []byte {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 10_000_000, DurationNanos: 15_000_000_000,
	}
	for i := range max(1, samples/2) {
		f := &profile.Function{ID: uint64(i + 1), Name: fmt.Sprintf("example.com/shop/%x.(*%x).Do%d", rng.Uint32(), rng.Uint32(), i),
			Filename: fmt.Sprintf("/src/shop/%x.go", rng.Uint32())}
		p.Function = append(p.Function, f)
		p.Location = append(p.Location, &profile.Location{ID: f.ID, Address: rng.Uint64N(1 << 32), Line: []profile.Line{{Function: f, Line: rng.Int64N(900)}}})
	}
	for range samples {
		s := &profile.Sample{Value: []int64{1 + rng.Int64N(3), 10_000_000}}
		at := rng.IntN(len(p.Location))
		for range 15 + rng.IntN(20) {
			s.Location = append(s.Location, p.Location[at])
			at = (at*3 + rng.IntN(3)) % len(p.Location) // most calls go the usual way
		}
		p.Sample = append(p.Sample, s)
	}
	var out bytes.Buffer
	_ = p.WriteUncompressed(&out) // to memory
	return out.Bytes()
}

// push is the whole request, and the size of its profile.
func (b *body) push(host string, timeNanos int64) (size int, request *net.Buffers) {
	stamp := binary.AppendUvarint([]byte{9 << 3}, uint64(timeNanos))
	end := append([]byte{1}, byte(len(stamp)), 0, ^byte(len(stamp)), 0xff) // final, stored
	end = append(end, stamp...)
	end = binary.LittleEndian.AppendUint32(end, crc32.Update(b.crc, crc32.IEEETable, stamp))
	end = binary.LittleEndian.AppendUint32(end, b.inflated+uint32(len(stamp)))
	size = len(b.deflated) + len(end)

	sample := prefix(nil, 1, size)
	series := prefix(append([]byte{}, b.labels...), 2, len(sample)+size)
	inner := append(series, sample...)
	message := append(prefix(nil, 1, len(inner)+size), inner...)
	head := fmt.Appendf(nil, "POST /push.v1.PusherService/Push HTTP/1.1\r\nHost: %s\r\nUser-Agent: pushes\r\nContent-Type: application/proto\r\n"+
		"Content-Length: %d\r\n\r\n", host, len(message)+size)
	return size, &net.Buffers{append(head, message...), b.deflated, end}
}

// prefix is a length-delimited field up to its content.
func prefix(m []byte, field, size int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3|2), uint64(size))
}

func raw(m []byte, field int, content []byte) []byte {
	return append(prefix(m, field, len(content)), content...)
}
