package sdks

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"dev.stoker/e2e/harness"
)

// comparison is of what one server has of the two ways.
type comparison struct {
	through, direct *harness.Pyroscope
	during          harness.Range
	leaveOut        []string         // types
	recorded        map[string]int64 // types that the server miscounts, with what the client has pushed of them
	ofJvm           bool             // Pyroscope gives frames no file, a dot before those without a class, and lambdas a name of its own
}

func (c comparison) run(t *testing.T, sdk sdk, spans []string) {
	service := fmt.Sprintf("{service_name=%q}", sdk.service)
	types := c.series(t, sdk, service)
	for _, id := range sdk.types {
		if types[id] == nil {
			t.Errorf("no %s", id)
		}
	}
	names := labelNames(types)
	for _, id := range slices.Sorted(maps.Keys(types)) {
		sum, stacks := int64(0), 0
		count, counted := c.recorded[id]
		for _, labels := range types[id] {
			selector := selector(labels, names)
			through := c.stacks(t, c.through, id, selector)
			if !counted {
				difference(t, id+selector, through, c.stacks(t, c.direct, id, selector))
			}
			for _, value := range through {
				sum += value
			}
			stacks += len(through)
		}
		if counted && sum != count {
			t.Errorf("%s: %d through Stoker, %d in the recordings", id, sum, count)
		}
		t.Logf("%s: %d in %d stacks of %d series", id, sum, stacks, len(types[id]))
		if sum == 0 {
			t.Errorf("nothing of %s", id)
		}
	}
	if sdk.spans {
		c.spans(t, sdk.types[0], service, spans)
	}
}

// series are the label sets of each type, which are the same on both ways.
func (c comparison) series(t *testing.T, sdk sdk, service string) map[string][]map[string]string {
	t.Helper()
	direct, err := c.direct.Series(service, c.during)
	if err != nil {
		t.Fatal(err)
	}
	through, err := c.through.Series(service, c.during)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, labels := range through {
		has[text(labels)] = true
	}
	types := map[string][]map[string]string{}
	for _, labels := range direct {
		if slices.Contains(c.leaveOut, labels["__profile_type__"]) {
			delete(has, text(labels))
			continue
		}
		if !has[text(labels)] {
			t.Errorf("not through Stoker: %s", text(labels))
		}
		delete(has, text(labels))
		types[labels["__profile_type__"]] = append(types[labels["__profile_type__"]], labels)
	}
	for labels := range has {
		if slices.ContainsFunc(c.leaveOut, func(id string) bool { return strings.Contains(labels, id) }) {
			continue
		}
		t.Errorf("only through Stoker: %s", labels)
	}
	for name, values := range sdk.labels {
		for _, value := range values {
			if !slices.ContainsFunc(direct, func(labels map[string]string) bool { return labels[name] == value }) {
				t.Errorf("no series has %s=%q", name, value)
			}
		}
	}
	return types
}

// spans have the same total on both ways, and not all have nothing.
func (c comparison) spans(t *testing.T, profileType, service string, spans []string) {
	t.Helper()
	found := 0
	for _, span := range spans {
		direct, err := c.direct.MergeSpans(profileType, service, span, c.during)
		if err != nil {
			t.Fatal(err)
		}
		through, err := c.through.MergeSpans(profileType, service, span, c.during)
		if err != nil {
			t.Fatal(err)
		}
		if direct.Total != through.Total {
			t.Errorf("span %s: %d through Stoker, %d straight", span, through.Total, direct.Total)
		}
		if direct.Total > 0 {
			found++
		}
	}
	t.Logf("%d of %d spans have samples", found, len(spans))
	if found == 0 {
		t.Errorf("no span has samples")
	}
}

// stacks are the values of one type by stack: functions with their files and lines, leaf first.
func (c comparison) stacks(t *testing.T, server *harness.Pyroscope, profileType, selector string) map[string]int64 {
	t.Helper()
	merged, err := server.MergeProfile(profileType, selector, c.during)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]int64{}
	if merged == nil {
		return values
	}
	for _, sample := range merged.Sample {
		var stack []string
		for _, location := range sample.Location {
			stack = append(stack, c.frame(location))
		}
		values[strings.Join(stack, " ")] += sample.Value[0]
	}
	return values
}

// hidden is the address in the name of a hidden class, which Stoker leaves out.
var hidden = regexp.MustCompile(`[./+]0x[0-9a-f]+`)

func (c comparison) frame(location *profile.Location) string {
	if len(location.Line) == 0 {
		return fmt.Sprintf("%#x", location.Address)
	}
	var lines []string
	for _, line := range location.Line {
		name, file := line.Function.Name, line.Function.Filename
		if c.ofJvm {
			name, file = strings.ReplaceAll(strings.TrimPrefix(hidden.ReplaceAllString(name, ""), "."), "$$Lambda_", "$$Lambda"), ""
		}
		lines = append(lines, fmt.Sprintf("%s(%s:%d)", name, file, line.Line))
	}
	return strings.Join(lines, "+")
}

func difference(t *testing.T, what string, through, direct map[string]int64) {
	t.Helper()
	shown := 0
	all := maps.Clone(through)
	maps.Copy(all, direct)
	for _, stack := range slices.SortedFunc(maps.Keys(all), func(a, b string) int { return cmp.Compare(all[b], all[a]) }) {
		if through[stack] == direct[stack] {
			continue
		}
		if shown++; shown <= 3 {
			t.Errorf("%s: %d through Stoker, %d straight: %.400s", what, through[stack], direct[stack], stack)
		}
	}
	if shown > 3 {
		t.Errorf("%s: %d of %d stacks differ", what, shown, len(all))
	}
}

// selector matches one series alone: a label that it has not is empty.
func selector(labels map[string]string, names []string) string {
	var matchers []string
	for _, name := range names {
		matchers = append(matchers, fmt.Sprintf("%s=%q", name, labels[name]))
	}
	return "{" + strings.Join(matchers, ",") + "}"
}

// labelNames are those that a query may name.
func labelNames(types map[string][]map[string]string) []string {
	names := map[string]bool{}
	for _, series := range types {
		for _, labels := range series {
			for name := range labels {
				if !strings.HasPrefix(name, "__") {
					names[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func text(labels map[string]string) string {
	var pairs []string
	for name, value := range labels {
		pairs = append(pairs, name+"="+value)
	}
	sort.Strings(pairs)
	return strings.Join(pairs, " ")
}
