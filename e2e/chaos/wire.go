package main

import (
	"encoding/binary"
	"errors"
)

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

var errWire = errors.New("malformed push.v1.PushRequest")

// A push is one profile of a PushRequest with the labels of its series.
type push struct {
	labels map[string]string
	raw    []byte // a part of the request
}

// parsePush reads push.v1.PushRequest { repeated RawProfileSeries series = 1 }, RawProfileSeries { repeated LabelPair
// labels = 1; repeated RawSample samples = 2 }, LabelPair { name = 1; value = 2 }, RawSample { raw_profile = 1 }.
func parsePush(b []byte) (out []push, err error) {
	err = fields(b, func(n int, series []byte) error {
		if n != 1 {
			return nil
		}
		labels := map[string]string{}
		return fields(series, func(n int, v []byte) error {
			switch n {
			case 1:
				name, value := "", ""
				err := fields(v, func(n int, s []byte) error {
					if n == 1 {
						name = string(s)
					} else if n == 2 {
						value = string(s)
					}
					return nil
				})
				labels[name] = value
				return err
			case 2:
				return fields(v, func(n int, raw []byte) error {
					if n == 1 {
						out = append(out, push{labels: labels, raw: raw}) // labels may follow: the map is shared
					}
					return nil
				})
			}
			return nil
		})
	})
	return out, err
}

// fields calls each for every length-delimited field of a message; the messages above have no others.
func fields(b []byte, each func(number int, value []byte) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key&7 != 2 {
			return errWire
		}
		b = b[n:]
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return errWire
		}
		if err := each(int(key>>3), b[n:n+int(size)]); err != nil {
			return err
		}
		b = b[n+int(size):]
	}
	return nil
}
