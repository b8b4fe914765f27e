package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
)

// A body is one profile, compressed once and answered many times, each time with other last bytes.
//
// Compressing 187 KB anew for every answer would cost the farm more than the collector spends on it, on the same
// cores. So the deflate stream is left open: it ends in a sync flush, which is byte aligned and not final. An answer
// is that prefix, one final stored block of a few bytes, and the gzip trailer for both: a single ordinary gzip
// member. (A second member would be valid too, but Go's servers never send one, and a client may well take a slower
// path for it.)
type body struct {
	prefix []byte
	crc    uint32 // of the inflated prefix
	size   uint32 // of the inflated prefix
}

// newBody compresses as Go's runtime/pprof does: gzip at its fastest level.
func newBody(raw []byte) (body, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return body{}, err
	}
	if _, err := w.Write(raw); err != nil {
		return body{}, err
	}
	if err := w.Flush(); err != nil {
		return body{}, err
	}
	return body{prefix: bytes.Clone(out.Bytes()), crc: crc32.ChecksumIEEE(raw), size: uint32(len(raw))}, nil
}

// tail ends the gzip member after extra, which must be shorter than 64 KiB.
func (b body) tail(extra []byte) []byte {
	n := uint16(len(extra))
	out := make([]byte, 0, 5+len(extra)+8)
	out = append(out, 1) // final, stored; the rest of the byte is padding
	out = binary.LittleEndian.AppendUint16(out, n)
	out = binary.LittleEndian.AppendUint16(out, ^n)
	out = append(out, extra...)
	out = binary.LittleEndian.AppendUint32(out, crc32.Update(b.crc, crc32.IEEETable, extra))
	return binary.LittleEndian.AppendUint32(out, b.size+uint32(len(extra)))
}

// stamp is what differs from answer to answer: time_nanos (field 9) and, when positive, duration_nanos (field 10).
func stamp(timeNanos, durationNanos int64) []byte {
	out := binary.AppendUvarint([]byte{9 << 3}, uint64(timeNanos))
	if durationNanos > 0 {
		out = binary.AppendUvarint(append(out, 10<<3), uint64(durationNanos))
	}
	return out
}
