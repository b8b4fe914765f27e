// Package pushv1 reads push.v1.PushRequest, what a Pyroscope is sent. The few fields needed do not pay for a generated
// package.
package pushv1

import (
	"encoding/binary"
	"errors"
)

var errWire = errors.New("malformed push.v1.PushRequest")

// A Profile is one of a request, with the labels of its series.
type Profile struct {
	Labels map[string]string
	Raw    []byte // a part of the request
}

// Parse reads PushRequest { repeated RawProfileSeries series = 1 }, RawProfileSeries { repeated LabelPair labels = 1;
// repeated RawSample samples = 2 }, LabelPair { name = 1; value = 2 }, RawSample { raw_profile = 1 }.
func Parse(b []byte) (out []Profile, err error) {
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
						out = append(out, Profile{Labels: labels, Raw: raw}) // labels may follow: the map is shared
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
