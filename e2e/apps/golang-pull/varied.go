package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"html/template"
	"math/rand/v2"
	"regexp"
	"sort"
	"strings"
	"time"
)

// generateVariedLoad works through the standard library with inputs that are never the same: parsers and encoders recurse
// as deep as their input, so new stacks go on to appear as they do in a large service. For benchmarks.
// The first round is a long one: a process of some minutes then has as many stacks as one of some hours.
func generateVariedLoad(ctx context.Context, first int, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := first; ; n = 4 {
		for range n {
			jobs[rand.IntN(len(jobs))](tree(1 + rand.IntN(7)))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// A node is the input of all jobs.
type node struct {
	Name     string
	Weight   float64
	Children []*node
}

func tree(depth int) *node {
	n := &node{Name: fmt.Sprintf("n%x", rand.Uint32()), Weight: rand.Float64()}
	for range rand.IntN(4) {
		if depth > 0 {
			n.Children = append(n.Children, tree(depth-1))
		}
	}
	return n
}

// expression is the node as Go source.
func (n *node) expression() string {
	if len(n.Children) == 0 {
		return fmt.Sprintf("%s[%d]", n.Name, rand.IntN(99))
	}
	var parts []string
	for _, c := range n.Children {
		parts = append(parts, c.expression())
	}
	return fmt.Sprintf("%s(%s)", n.Name, strings.Join(parts, pickOne(" + ", ", ", " * ")))
}

func pickOne(of ...string) string { return of[rand.IntN(len(of))] }

var page = template.Must(template.New("page").Parse(
	`{{define "node"}}<li title="{{.Weight}}">{{.Name}}<ul>{{range .Children}}{{template "node" .}}{{end}}</ul></li>{{end}}{{template "node" .}}`))

var jobs = []func(*node){
	func(n *node) {
		b, _ := json.Marshal(n)
		var back node
		_ = json.Unmarshal(b, &back)
		var any map[string]any
		_ = json.Unmarshal(b, &any)
		keep(b)
	},
	func(n *node) {
		b, _ := xml.Marshal(n)
		var back node
		_ = xml.Unmarshal(b, &back)
		keep(b)
	},
	func(n *node) {
		src := []byte("package p\n\nvar v = " + n.expression() + "\n")
		if f, err := parser.ParseFile(token.NewFileSet(), "v.go", src, 0); err == nil {
			ast.Inspect(f, func(ast.Node) bool { return true })
		}
		if b, err := format.Source(src); err == nil {
			keep(b)
		}
	},
	func(n *node) {
		var out bytes.Buffer
		_ = page.Execute(&out, n)
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(out.Bytes())
		_ = w.Close()
		keep(packed.Bytes())
	},
	func(n *node) {
		if re, err := regexp.Compile("(" + strings.ReplaceAll(regexp.QuoteMeta(n.expression()), ",", "|") + ")+[a-z]*"); err == nil {
			re.FindAllString(n.expression(), -1)
		}
	},
	func(n *node) {
		words := strings.FieldsFunc(n.expression(), func(r rune) bool { return r == '(' || r == ')' })
		sort.Slice(words, func(i, j int) bool { return words[i] < words[j] })
		keep([]byte(fmt.Sprintf("%v %+v", words, n)))
	},
}
