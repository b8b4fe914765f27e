package harness

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sort"
	"strconv"
	"time"

	"github.com/google/pprof/profile"
)

// Range is a query's time range, end excluded.
type Range struct{ Start, End time.Time }

// Since is the range from start to a little after now.
func Since(start time.Time) Range { return Range{start, time.Now().Add(5 * time.Second)} }

func (r Range) into(query map[string]any) map[string]any {
	query["start"], query["end"] = r.Start.UnixMilli(), r.End.UnixMilli()
	return query
}

// Push sends one profile the way a collector does, without a collector.
func (p *Pyroscope) Push(labels map[string]string, pprof []byte) error {
	_, err := p.call("/push.v1.PusherService/Push", "application/proto", pushRequest(labels, pprof))
	return err
}

// Push sends one profile to a collector's receiver at that URL, as an SDK does.
func Push(url string, labels map[string]string, pprof []byte) error {
	_, err := (&Pyroscope{URL: url}).call("/push.v1.PusherService/Push", "application/proto", pushRequest(labels, pprof))
	return err
}

// ProfileTypes lists the profile type IDs stored in the range, sorted.
func (p *Pyroscope) ProfileTypes(r Range) ([]string, error) {
	var reply struct{ ProfileTypes []struct{ ID string } }
	err := p.query("ProfileTypes", r.into(map[string]any{}), &reply)
	ids := []string{}
	for _, t := range reply.ProfileTypes {
		ids = append(ids, t.ID)
	}
	sort.Strings(ids)
	return ids, err
}

// LabelNames lists the label names of the series that match, sorted.
func (p *Pyroscope) LabelNames(selector string, r Range) ([]string, error) {
	var reply struct{ Names []string }
	err := p.query("LabelNames", r.into(map[string]any{"matchers": []string{selector}}), &reply)
	sort.Strings(reply.Names)
	return reply.Names, err
}

// Series lists the full label sets of the series that match.
func (p *Pyroscope) Series(selector string, r Range) ([]map[string]string, error) {
	var reply struct {
		LabelsSet []struct {
			Labels []struct{ Name, Value string }
		}
	}
	err := p.query("Series", r.into(map[string]any{"matchers": []string{selector}}), &reply)
	var sets []map[string]string
	for _, s := range reply.LabelsSet {
		set := map[string]string{}
		for _, l := range s.Labels {
			set[l.Name] = l.Value
		}
		sets = append(sets, set)
	}
	return sets, err
}

// FlameGraph is a merged flame graph reduced to what tests ask for.
type FlameGraph struct {
	Names []string
	Total int64
}

// MergeStacktraces asks for the flame graph of what matches.
func (p *Pyroscope) MergeStacktraces(profileType, selector string, r Range) (FlameGraph, error) {
	return p.flameGraph("SelectMergeStacktraces", r.into(flameQuery(profileType, selector)))
}

// MergeSpans asks for the flame graph of what ran in one span, by its 16 hex digits.
func (p *Pyroscope) MergeSpans(profileType, selector, span string, r Range) (FlameGraph, error) {
	query := flameQuery(profileType, selector)
	query["spanSelector"] = []string{span}
	return p.flameGraph("SelectMergeSpanProfile", r.into(query))
}

func flameQuery(profileType, selector string) map[string]any {
	return map[string]any{"profileTypeID": profileType, "labelSelector": selector, "maxNodes": 16384}
}

func (p *Pyroscope) flameGraph(method string, query map[string]any) (FlameGraph, error) {
	var reply struct {
		Flamegraph struct {
			Names []string
			Total string
		}
	}
	if err := p.query(method, query, &reply); err != nil {
		return FlameGraph{}, err
	}
	total, _ := strconv.ParseInt(reply.Flamegraph.Total, 10, 64) // absent means 0
	return FlameGraph{reply.Flamegraph.Names, total}, nil
}

// MergeProfile asks for the merged pprof of what matches; nil if nothing does.
func (p *Pyroscope) MergeProfile(profileType, selector string, r Range) (*profile.Profile, error) {
	request := mergeRequest(profileType, selector, r.Start.UnixMilli(), r.End.UnixMilli())
	b, err := p.call("/querier.v1.QuerierService/SelectMergeProfile", "application/proto", request)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	// Not Parse: that refuses the merge of nothing, which has no sample type.
	prof, err := profile.ParseUncompressed(b)
	if err != nil {
		return nil, err
	}
	return prof, nil
}

// Total is the sum of all stored values of one profile type.
func (p *Pyroscope) Total(profileType, selector string, r Range) (int64, error) {
	prof, err := p.MergeProfile(profileType, selector, r)
	if err != nil || prof == nil {
		return 0, err
	}
	return Sum(prof, 0), nil
}

// Sum adds up one sample type of a profile.
func Sum(p *profile.Profile, index int) (sum int64) {
	for _, s := range p.Sample {
		sum += s.Value[index]
	}
	return sum
}

func (p *Pyroscope) query(method string, query map[string]any, reply any) error {
	b, err := json.Marshal(query)
	if err != nil {
		return err
	}
	b, err = p.call("/querier.v1.QuerierService/"+method, "application/json", b)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, reply)
}

func (p *Pyroscope) call(path, contentType string, request []byte) ([]byte, error) {
	post, err := http.NewRequest(http.MethodPost, p.URL+path, bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", contentType)
	if p.tenant != "" {
		post.Header.Set("X-Scope-OrgID", p.tenant)
	}
	resp, err := client.Do(post)
	if err != nil {
		return nil, err
	}
	return body(resp)
}
