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
	"J": {jfr}, // recordings of JVMs
}

const jfr = "jfr"

// config writes the collector's configuration. Types that are off are named too, as they are on by default.
func config(types []string, targets, basePort, sinkPort int, interval time.Duration) string {
	var b strings.Builder
	b.WriteString("pyroscope.scrape.benchmark {\n  targets = [\n")
	for i := range targets {
		fmt.Fprintf(&b, "    { \"__address__\" = \"127.0.0.1:%d\", \"service_name\" = \"benchmark-%03d\" }\n", basePort+i, i)
	}
	fmt.Fprintf(&b, "  ]\n  scrape_interval = %gs\n", interval.Seconds())
	if slices.Contains(types, jfr) {
		b.WriteString("  source = jfr\n  source_config { path = \"/jfr\" }\n")
		return b.String() + forward(sinkPort)
	}
	b.WriteString("  profiling_config {\n")
	for _, t := range allTypes {
		on := slices.Contains(types, t)
		if t == "memory" && on {
			b.WriteString("    profile.memory { enabled = true, path = \"/debug/pprof/allocs\" }\n")
			continue
		}
		fmt.Fprintf(&b, "    profile.%s { enabled = %t }\n", t, on)
	}
	return b.String() + "  }\n" + forward(sinkPort)
}

func forward(sinkPort int) string {
	return fmt.Sprintf("  forward_to = [ pyroscope.write.sink.receiver ]\n}\n"+
		"pyroscope.write.sink {\n  endpoint { url = \"http://127.0.0.1:%d\" }\n}\n", sinkPort)
}
