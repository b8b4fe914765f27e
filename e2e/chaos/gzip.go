package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
)

// A head is the compressed beginning of a profile, made once and answered many times with other endings.
//
// The farm shares its cores with the collector, so it must not deflate for every answer. The deflate stream is left
// open after a sync flush; an answer is the head, one stored block with what differs, and the trailer for both: a
// single ordinary gzip member, as Go's servers send it.
type head struct {
	deflated []byte
	crc      uint32 // of the inflated head
	size     uint32
}

func newHead(raw []byte) head {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // Go's runtime/pprof does the same; writes to memory do not fail
	_, _ = w.Write(raw)
	_ = w.Flush()
	return head{deflated: bytes.Clone(out.Bytes()), crc: crc32.ChecksumIEEE(raw), size: uint32(len(raw))}
}

// with is the whole body; the ending must be shorter than 64 KiB, which one stored block holds.
func (h head) with(ending []byte) []byte {
	n := uint16(len(ending))
	out := make([]byte, 0, len(h.deflated)+len(ending)+16)
	out = append(append(out, h.deflated...), 1) // final, stored
	out = binary.LittleEndian.AppendUint16(out, n)
	out = binary.LittleEndian.AppendUint16(out, ^n)
	out = append(out, ending...)
	out = binary.LittleEndian.AppendUint32(out, crc32.Update(h.crc, crc32.IEEETable, ending))
	return binary.LittleEndian.AppendUint32(out, h.size+uint32(len(ending)))
}
