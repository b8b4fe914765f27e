package main

import "encoding/binary"

// A message is a hand-made protobuf message: the few fields needed do not pay for a generated package.
type message []byte

func (m message) num(field int, v uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), v)
}

func (m message) raw(field int, b []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	return append(binary.AppendUvarint(m, uint64(len(b))), b...)
}

func (m message) packed(field int, values []uint64) message {
	var list []byte
	for _, v := range values {
		list = binary.AppendUvarint(list, v)
	}
	return m.raw(field, list)
}
