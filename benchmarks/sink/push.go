package main

import (
	"encoding/binary"
	"errors"
)

var errWire = errors.New("malformed push.v1.PushRequest")

// A push is what a PushRequest holds, as far as it is counted.
type push struct {
	series  int
	samples []sample
}

type sample struct {
	name string // label __name__ of its series
	raw  []byte // raw_profile, a part of the request
}

// parsePush reads push.v1.PushRequest { repeated RawProfileSeries series = 1 }, where RawProfileSeries is
// { repeated LabelPair labels = 1; repeated RawSample samples = 2 }, LabelPair { name = 1; value = 2 }
// and RawSample { raw_profile = 1; ID = 2 }. Labels may follow the samples.
func parsePush(b []byte) (push, error) {
	var out push
	err := fields(b, func(n int, series []byte) error {
		if n != 1 {
			return nil
		}
		out.series++
		from, name := len(out.samples), ""
		err := fields(series, func(n int, v []byte) error {
			switch n {
			case 1:
				return fields(v, labelNamed("__name__", &name))
			case 2:
				return fields(v, func(n int, raw []byte) error {
					if n == 1 {
						out.samples = append(out.samples, sample{raw: raw})
					}
					return nil
				})
			}
			return nil
		})
		for i := range out.samples[from:] {
			out.samples[from+i].name = name
		}
		return err
	})
	return out, err
}

// labelNamed sets value when the pair's name is want; on the wire the name comes first.
func labelNamed(want string, value *string) func(int, []byte) error {
	named := false
	return func(n int, v []byte) error {
		switch {
		case n == 1:
			named = string(v) == want
		case n == 2 && named:
			*value = string(v)
		}
		return nil
	}
}

// fields calls each for every length-delimited field of a message and skips the others.
func fields(b []byte, each func(number int, value []byte) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 == 0 {
			return errWire
		}
		b = b[n:]
		switch key & 7 {
		case 0:
			if _, n = binary.Uvarint(b); n <= 0 {
				return errWire
			}
			b = b[n:]
		case 1, 5:
			size := 8
			if key&7 == 5 {
				size = 4
			}
			if len(b) < size {
				return errWire
			}
			b = b[size:]
		case 2:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return errWire
			}
			if err := each(int(key>>3), b[n:n+int(size)]); err != nil {
				return err
			}
			b = b[n+int(size):]
		default:
			return errWire
		}
	}
	return nil
}
