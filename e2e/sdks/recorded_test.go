package sdks

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"mime/multipart"
	"testing"

	"github.com/grafana/jfr-parser/parser"
)

// recorded counts the events in the recordings that were pushed, by the type of profile that they become.
func recorded(t *testing.T, pushed []exchange) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	for _, each := range pushed {
		_, params, err := mime.ParseMediaType(each.form)
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(bytes.NewReader(each.body), params["boundary"])
		for {
			part, err := parts.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if part.FormName() == "jfr" {
				count(t, part, counts)
			}
		}
	}
	return counts
}

func count(t *testing.T, recording io.Reader, counts map[string]int64) {
	t.Helper()
	unpacked, err := gzip.NewReader(recording)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	events := parser.NewParser(all, parser.Options{})
	for {
		kind, err := events.ParseEvent()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case events.TypeMap.T_ALLOC_IN_NEW_TLAB:
			counts["memory:alloc_in_new_tlab_objects:count:space:bytes"]++
		case events.TypeMap.T_ALLOC_OUTSIDE_TLAB:
			counts["memory:alloc_outside_tlab_objects:count:space:bytes"]++
		case events.TypeMap.T_LIVE_OBJECT:
			counts["memory:live:count:objects:count"]++
		case events.TypeMap.T_MONITOR_ENTER:
			counts["mutex:contentions:count:mutex:count"]++
		case events.TypeMap.T_THREAD_PARK:
			counts["block:contentions:count:block:count"]++
		}
	}
}
