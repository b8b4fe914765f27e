package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

var allTypes = []string{"process_cpu", "memory", "goroutine", "mutex", "block"}

// workloads by name: the profile types that are on.
var workloads = map[string][]string{
	"A": allTypes,
	"B": {"process_cpu", "goroutine"},
	"C": {"memory"},
}

// config writes the collector's configuration. Types that are off are named too, as they are on by default.
func config(types []string, targets, basePort, sinkPort int, interval time.Duration) string {
	var b strings.Builder
	b.WriteString("pyroscope.scrape.benchmark {\n  targets = [\n")
	for i := range targets {
		fmt.Fprintf(&b, "    { \"__address__\" = \"127.0.0.1:%d\", \"service_name\" = \"benchmark-%03d\" }\n", basePort+i, i)
	}
	fmt.Fprintf(&b, "  ]\n  scrape_interval = %gs\n  profiling_config {\n", interval.Seconds())
	for _, t := range allTypes {
		on := slices.Contains(types, t)
		if t == "memory" && on {
			b.WriteString("    profile.memory { enabled = true, path = \"/debug/pprof/allocs\" }\n")
			continue
		}
		fmt.Fprintf(&b, "    profile.%s { enabled = %t }\n", t, on)
	}
	b.WriteString("  }\n  forward_to = [ pyroscope.write.sink.receiver ]\n}\n")
	fmt.Fprintf(&b, "pyroscope.write.sink {\n  endpoint { url = \"http://127.0.0.1:%d\" }\n}\n", sinkPort)
	return b.String()
}
