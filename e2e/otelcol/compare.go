package otelcol

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// key is what one profile of one sample type is found again by.
type key struct {
	name, source string
	timeNanos    int64
	sampleType   string
}

// content is all that has to come back: the labels of the series, what the profile says of itself, and the value of
// each stack with its labels.
type content struct {
	labels string
	head   string
	stacks map[string]int64
}

// contents has an entry for each sample type of each profile that has values: OTLP has one type in a profile, and of one
// without a value there is nothing to say.
func contents(came []arrival) (map[key]content, error) {
	out := map[key]content{}
	for _, a := range came {
		for i, sampleType := range a.profile.SampleType {
			values := stacks(a.profile, i)
			if len(values) == 0 {
				continue
			}
			k := key{a.labels["__name__"], a.labels["source"], a.profile.TimeNanos, sampleType.Type + ":" + sampleType.Unit}
			if _, twice := out[k]; twice {
				return nil, fmt.Errorf("it came twice: %+v", k)
			}
			out[k] = content{seriesLabels(a.labels), head(a.profile), values}
		}
	}
	return out, nil
}

// seriesLabels leaves out what otlp.receive adds: service.name is an attribute of the resource and stays, and what
// OTLP counts is a difference.
func seriesLabels(labels map[string]string) string {
	kept := maps.Clone(labels)
	if kept["service.name"] == kept["service_name"] {
		delete(kept, "service.name")
	}
	if kept["__delta__"] == "false" {
		delete(kept, "__delta__")
	}
	return fmt.Sprint(kept) // in the order of the names
}

func head(p *profile.Profile) string {
	return fmt.Sprintf("duration %d, period %d of %s:%s, comments %q, frames dropped %q, kept %q, doc %q",
		p.DurationNanos, p.Period, p.PeriodType.Type, p.PeriodType.Unit, p.Comments, p.DropFrames, p.KeepFrames, p.DocURL)
}

func stacks(p *profile.Profile, sampleType int) map[string]int64 {
	sums := map[string]int64{}
	for _, sample := range p.Sample {
		if value := sample.Value[sampleType]; value != 0 {
			sums[stack(sample)] += value
		}
	}
	return sums
}

// stack is all that a sample has but its values.
func stack(sample *profile.Sample) string {
	var out strings.Builder
	for _, location := range sample.Location {
		fmt.Fprintf(&out, "%#x", location.Address)
		for _, line := range location.Line {
			f := line.Function
			fmt.Fprintf(&out, " %s (%s) %s from %d:%d:%d", f.Name, f.SystemName, f.Filename, f.StartLine, line.Line, line.Column)
		}
		if m := location.Mapping; m != nil {
			fmt.Fprintf(&out, " in %s %x-%x@%x %s %t %t %t %t", m.File, m.Start, m.Limit, m.Offset, m.BuildID,
				m.HasFunctions, m.HasFilenames, m.HasLineNumbers, m.HasInlineFrames)
		}
		fmt.Fprintf(&out, " folded %t\n", location.IsFolded)
	}
	for _, name := range slices.Sorted(maps.Keys(sample.Label)) {
		fmt.Fprintf(&out, "{%s=%q}", name, slices.Sorted(slices.Values(sample.Label[name])))
	}
	for _, name := range slices.Sorted(maps.Keys(sample.NumLabel)) {
		fmt.Fprintf(&out, "{%s=%d %q}", name, sample.NumLabel[name], sample.NumUnit[name])
	}
	return out.String()
}

// difference is "" when they are equal.
func difference(want, got content) string {
	if want.labels != got.labels {
		return fmt.Sprintf("labels\n%s\nbecame\n%s", want.labels, got.labels)
	}
	if want.head != got.head {
		return fmt.Sprintf("%s\nbecame\n%s", want.head, got.head)
	}
	for _, stack := range slices.Sorted(maps.Keys(want.stacks)) {
		if got.stacks[stack] != want.stacks[stack] {
			return fmt.Sprintf("%d became %d of\n%s", want.stacks[stack], got.stacks[stack], stack)
		}
	}
	for _, stack := range slices.Sorted(maps.Keys(got.stacks)) {
		if _, known := want.stacks[stack]; !known {
			return fmt.Sprintf("%d came of nothing:\n%s", got.stacks[stack], stack)
		}
	}
	return ""
}
