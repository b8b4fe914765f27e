package main

import "encoding/binary"

// fields calls each for every field of a well-formed message: with its number, and its value or its content.
func fields(b []byte, each func(field int, value uint64, content []byte)) {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		value, m := binary.Uvarint(b[n:])
		b = b[n+m:]
		var content []byte
		if key&7 == 2 {
			content, b = b[:value], b[value:]
			value = 0
		}
		each(int(key>>3), value, content)
	}
}

func varints(b []byte) (all []uint64) {
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		all, b = append(all, v), b[n:]
	}
	return all
}
