package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// A body is one profile, compressed once and answered many times, each time with another stamp in its middle.
//
// Compressing 187 KB anew for every answer would cost the farm more than the collector spends on it, on the same
// cores. So the deflate stream has three parts: what comes before the stamp, which ends in a sync flush and so is byte
// aligned and not final; a stored block of a few bytes, made per answer; and the rest. Together they are a single
// ordinary gzip member. (Several members would be valid too, but Go's servers never send them, and a client may well
// take a slower path for it.) The checksum of the whole follows from those of the parts.
type body struct {
	head, rest part
	append     crcShift // by the length of the rest
}

// A part of the deflate stream. The checksum and the size are those of the inflated bytes.
type part struct {
	deflated []byte
	crc      uint32
	size     uint32
}

// gzipHeader is that of Go's gzip at its fastest level, without name and time, of an unknown system.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255}

// newBody compresses what is to stand before and after the stamp as Go's runtime/pprof does: at the fastest level.
func newBody(w *flate.Writer, head, rest []byte) (body, error) {
	b := body{append: newCRCShift(len(rest))}
	var err error
	if b.head, err = deflate(w, head, (*flate.Writer).Flush); err != nil {
		return body{}, err
	}
	b.rest, err = deflate(w, rest, (*flate.Writer).Close)
	return b, err
}

// deflater is for newBody, again and again: a writer takes more than half a megabyte.
func deflater() (*flate.Writer, error) { return flate.NewWriter(nil, flate.BestSpeed) }

func deflate(w *flate.Writer, raw []byte, end func(*flate.Writer) error) (part, error) {
	var out bytes.Buffer
	w.Reset(&out)
	if _, err := w.Write(raw); err != nil {
		return part{}, err
	}
	if err := end(w); err != nil {
		return part{}, err
	}
	return part{deflated: bytes.Clone(out.Bytes()), crc: crc32.ChecksumIEEE(raw), size: uint32(len(raw))}, nil
}

// answer is the gzip member with a stamp, in pieces that are to be written one after the other.
func (b body) answer(stamp []byte) [5][]byte {
	n := uint16(len(stamp))
	stored := make([]byte, 0, 5+len(stamp))
	stored = append(stored, 0) // stored, not final; the rest of the byte is padding
	stored = binary.LittleEndian.AppendUint16(stored, n)
	stored = binary.LittleEndian.AppendUint16(stored, ^n)
	stored = append(stored, stamp...)
	crc := b.append.of(crc32.Update(b.head.crc, crc32.IEEETable, stamp)) ^ b.rest.crc
	end := binary.LittleEndian.AppendUint32(make([]byte, 0, 8), crc)
	end = binary.LittleEndian.AppendUint32(end, b.inflated(len(stamp)))
	return [5][]byte{gzipHeader, b.head.deflated, stored, b.rest.deflated, end}
}

// inflated is the size of the profile with a stamp of so many bytes.
func (b body) inflated(stamp int) uint32 { return b.head.size + uint32(stamp) + b.rest.size }

// size of an answer with a stamp of so many bytes.
func (b body) size(stamp int) int {
	return len(gzipHeader) + len(b.head.deflated) + 5 + stamp + len(b.rest.deflated) + 8
}

// A crcShift is what so many zero bytes do to a CRC-32: a linear map over GF(2), kept by what each bit becomes.
// The checksum of A and B together is that of A, shifted by the length of B, xor that of B.
type crcShift [32]uint32

func newCRCShift(bytes int) crcShift {
	result, power := crcShift{}, crcShift{}
	for i := range result {
		result[i] = 1 << i
		// One zero bit: the register moves by one, and what falls out is the polynomial.
		if i > 0 {
			power[i] = 1 << (i - 1)
		}
	}
	power[0] = crc32.IEEE
	for bits := uint64(bytes) * 8; bits > 0; bits >>= 1 {
		if bits&1 == 1 {
			result = result.then(&power)
		}
		power = power.then(&power)
	}
	return result
}

// then is first this, then the other.
func (s *crcShift) then(other *crcShift) (both crcShift) {
	for i := range s {
		both[i] = other.of(s[i])
	}
	return both
}

func (s *crcShift) of(crc uint32) (shifted uint32) {
	for i := 0; crc != 0; i, crc = i+1, crc>>1 {
		if crc&1 == 1 {
			shifted ^= s[i]
		}
	}
	return shifted
}
