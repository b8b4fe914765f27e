package main

import (
	"fmt"
	"strings"
)

func init() {
	attacks = append(attacks, attack{
		name: "regexes",
		what: "rules with thousands of words and with 1,500 wildcards, in discovery and for each profile",
		start: func(w *world) (string, error) {
			var words, wild []string
			for i := range 5000 {
				words = append(words, fmt.Sprintf("w%d", i))
			}
			for i := range 1500 {
				wild = append(wild, fmt.Sprintf("w%d.*", i))
			}
			rules := fmt.Sprintf(`rules = [
    { source_labels = [ns], regex = "%s", action = drop },
    { source_labels = [ns], regex = "%s", action = drop } ]`, strings.Join(words, "|"), strings.Join(wild, "|"))
			return fmt.Sprintf(`discovery.relabel.words {
  targets = [
%s  ]
  %s
}
pyroscope.scrape.words {
  targets = discovery.relabel.words.output
  scrape_interval = 5s
  profiling_config { profile { process_cpu { enabled = false } } }
  forward_to = [ pyroscope.relabel.words.receiver ]
}
pyroscope.relabel.words {
  %s
  forward_to = [ pyroscope.write.sink.receiver ]
}
`, targets(8, w.good, `, ns = "kube-system"`), rules, rules), nil
		},
	})
}
