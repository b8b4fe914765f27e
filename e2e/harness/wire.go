package harness

import "encoding/binary"

// message is a hand-encoded protobuf message. The two requests needed are a
// few fields each; a generated client would bring a dependency tree along.
type message []byte

func (m message) uint(field int, v uint64) message {
	m = binary.AppendUvarint(m, uint64(field)<<3)
	return binary.AppendUvarint(m, v)
}

func (m message) bytes(field int, b []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	m = binary.AppendUvarint(m, uint64(len(b)))
	return append(m, b...)
}

// pushRequest is push.v1.PushRequest with one series of one profile.
func pushRequest(labels map[string]string, profile []byte) []byte {
	var series message
	for name, value := range labels {
		series = series.bytes(1, message(nil).bytes(1, []byte(name)).bytes(2, []byte(value)))
	}
	series = series.bytes(2, message(nil).bytes(1, profile))
	return message(nil).bytes(1, series)
}

// mergeRequest is querier.v1.SelectMergeProfileRequest.
func mergeRequest(profileType, selector string, startMS, endMS int64) []byte {
	return message(nil).bytes(1, []byte(profileType)).bytes(2, []byte(selector)).
		uint(3, uint64(startMS)).uint(4, uint64(endMS))
}
