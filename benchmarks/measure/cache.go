package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lookups of a cache, by whether it had what was looked for.
type lookups struct{ hits, misses float64 }

// A cache counts in two metrics, NAME_hits_total and NAME_misses_total, or in one whose label says which.
var (
	cacheLine  = regexp.MustCompile(`^(\w+?)(?:_(hits|misses))?_total(\{.*\})? ([0-9.eE+]+)`)
	cacheLabel = regexp.MustCompile(`[{,](?:result|outcome)="(hit|miss)"`)
)

// readCaches reads the caches among the metrics of the collector, summed over their other labels. A collector without
// metrics has none.
func readCaches(base string) (map[string]lookups, error) {
	r, err := client.Get(base + "/metrics")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, nil
	}
	return parseCaches(r.Body)
}

func parseCaches(metrics io.Reader) (map[string]lookups, error) {
	out := map[string]lookups{}
	in := bufio.NewScanner(metrics)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		m := cacheLine.FindStringSubmatch(in.Text())
		if m == nil {
			continue
		}
		which := m[2]
		if l := cacheLabel.FindStringSubmatch(m[3]); which == "" && l != nil {
			which = map[string]string{"hit": "hits", "miss": "misses"}[l[1]]
		}
		n, err := strconv.ParseFloat(m[4], 64)
		if err != nil || which == "" {
			continue
		}
		c := out[m[1]]
		if which == "hits" {
			c.hits += n
		} else {
			c.misses += n
		}
		out[m[1]] = c
	}
	return out, in.Err()
}

// since is what was looked up since an earlier reading; caches that nobody asked are left out.
func since(before, after map[string]lookups) map[string]lookups {
	out := map[string]lookups{}
	for name, c := range after {
		d := lookups{c.hits - before[name].hits, c.misses - before[name].misses}
		if d.hits+d.misses > 0 {
			out[name] = d
		}
	}
	return out
}

// hitRates names each cache by what its metric has after the prefix, with the share of lookups that hit.
func hitRates(caches map[string]lookups) string {
	var all []string
	for name, c := range caches {
		short := strings.TrimPrefix(strings.TrimPrefix(name, "stoker_"), "pyroscope_")
		all = append(all, fmt.Sprintf("%s %.1f %%", short, 100*c.hits/(c.hits+c.misses)))
	}
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
