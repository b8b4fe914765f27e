package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/google/pprof/profile"
)

func TestPush_isAWholeRequestWithAProfileOfTheSize(t *testing.T) {
	b := newBody(3, 50_000)
	var wire bytes.Buffer
	size, request := b.push("127.0.0.1:1", 1_790_000_000_123_456_789)
	if _, err := request.WriteTo(&wire); err != nil {
		t.Fatal(err)
	}
	if size < 49_000 || size > 51_000 {
		t.Errorf("%d bytes", size)
	}
	r, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	message, err := io.ReadAll(r.Body)
	if err != nil || wire.Len() != 0 {
		t.Fatal(err, wire.Len())
	}
	// The profile is the last field of the only series.
	p, err := profile.ParseData(message[len(message)-size:])
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil || p.TimeNanos != 1_790_000_000_123_456_789 {
		t.Fatal(p.TimeNanos, err)
	}
	series := raw(append([]byte{}, b.labels...), 2, raw(nil, 1, message[len(message)-size:]))
	if !bytes.Equal(message, raw(nil, 1, series)) {
		t.Error("the message is not one series with that profile")
	}
}

func TestResult_aLossIsAFault(t *testing.T) {
	good := result{sent: counts{sent: 10, taken: 9, takenBytes: 900, refused: 1}, sink: sinkStats{Profiles: 9, Raw: 900}}
	if err := good.wrong(); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]result{
		"a profile": {sent: good.sent, sink: sinkStats{Profiles: 8, Raw: 900}},
		"a byte":    {sent: good.sent, sink: sinkStats{Profiles: 9, Raw: 899}},
		"twice":     {sent: good.sent, sink: sinkStats{Profiles: 10, Raw: 1000}},
		"an answer": {sent: counts{sent: 11, taken: 9, takenBytes: 900, refused: 1}, sink: good.sink},
		"a failure": {sent: counts{sent: 11, taken: 9, takenBytes: 900, refused: 1, failed: 1}, sink: good.sink},
	} {
		if bad.wrong() == nil {
			t.Errorf("%s: no fault", name)
		}
	}
}
