package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/google/pprof/profile"
)

// A program is what stacks are made of: the call sites of an invented Go service, each with the calls it can make.
type program struct {
	mapping *profile.Mapping
	sites   []site
	entries []int
}

// A site becomes a profile.Location when a stack goes through it. More than one line means inlined calls.
type site struct {
	address uint64
	lines   []profile.Line
	callees []int
}

var (
	packages = []string{
		"runtime", "net/http", "encoding/json", "bufio", "bytes", "strings", "sync", "context", "database/sql",
		"compress/flate", "crypto/tls", "reflect", "io", "os", "time", "fmt", "sort", "strconv", "net", "regexp",
		"google.golang.org/grpc", "google.golang.org/grpc/internal/transport", "google.golang.org/protobuf/proto",
		"google.golang.org/protobuf/internal/impl", "github.com/prometheus/client_golang/prometheus",
		"github.com/prometheus/common/expfmt", "github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/pgconn",
		"github.com/redis/go-redis/v9", "github.com/segmentio/kafka-go", "github.com/go-chi/chi/v5",
		"go.opentelemetry.io/otel/sdk/trace", "go.uber.org/zap", "go.uber.org/zap/zapcore",
		"example.com/shop/internal/checkout", "example.com/shop/internal/catalogue", "example.com/shop/internal/cart",
		"example.com/shop/internal/pricing", "example.com/shop/internal/search", "example.com/shop/internal/inventory",
		"example.com/shop/pkg/middleware", "example.com/shop/pkg/store", "example.com/shop/pkg/events", "main",
	}
	verbs = []string{
		"Read", "Write", "Encode", "Decode", "Marshal", "Unmarshal", "Serve", "Handle", "Load", "Store", "Flush",
		"Parse", "Scan", "Query", "Exec", "Begin", "Commit", "Lookup", "Resolve", "Append", "Grow", "Copy", "Close",
		"Open", "Publish", "Consume", "Validate", "Render", "Collect", "Observe", "Dispatch", "Acquire", "Release",
		"new", "alloc", "init", "build", "visit", "walk", "merge", "split", "apply", "check", "next", "reserve",
	}
	nouns = []string{
		"Request", "Response", "Header", "Body", "Frame", "Stream", "Buffer", "Chunk", "Batch", "Record", "Row",
		"Column", "Index", "Key", "Value", "Field", "Message", "Event", "Span", "Metric", "Label", "Session", "Token",
		"Order", "Item", "Price", "Discount", "Stock", "Page", "Result", "Context", "Conn", "Pool", "Cache", "Entry",
		"Node", "Tree", "Table", "Cursor", "Window", "State", "Config", "Route", "Handler", "Codec", "Slice",
	}
	files = []string{
		"server", "client", "conn", "codec", "encode", "decode", "handler", "store", "pool", "buffer", "stream",
		"transport", "registry", "query", "cache", "batch", "worker", "index", "parser", "proto", "util", "types",
	}
)

// newProgram invents a program of so many functions and call sites; fan is how many different calls a site makes at most.
func newProgram(rng *rand.Rand, functions, sites, fan int) *program {
	p := &program{mapping: &profile.Mapping{
		ID: 1, Start: 0x400000, Limit: 0x2c5e000, File: "/usr/local/bin/shop",
		BuildID: "7d1c5be60f3a4a2c9f6e8b0d34217a95c0e1f2a3", HasFunctions: true,
	}}
	fns := make([]*profile.Function, functions)
	for i := range fns {
		fns[i] = newFunction(rng)
	}
	p.sites = make([]site, sites)
	for i := range p.sites {
		s := &p.sites[i]
		s.address = p.mapping.Start + 0x1000 + uint64(rng.Int64N(int64(p.mapping.Limit-p.mapping.Start-0x1000)))
		for n := 1 + inlined(rng); n > 0; n-- {
			fn := fns[rng.IntN(len(fns))]
			s.lines = append(s.lines, profile.Line{Function: fn, Line: fn.StartLine + int64(rng.IntN(90))})
		}
		for n := 1 + rng.IntN(fan); n > 0; n-- {
			s.callees = append(s.callees, rng.IntN(sites))
		}
	}
	for range 12 {
		p.entries = append(p.entries, rng.IntN(sites))
	}
	return p
}

func inlined(rng *rand.Rand) int {
	switch n := rng.IntN(20); {
	case n < 15:
		return 0
	case n < 19:
		return 1
	default:
		return 2
	}
}

func newFunction(rng *rand.Rand) *profile.Function {
	pkg := pick(rng, packages)
	name := pick(rng, verbs) + pick(rng, nouns)
	switch rng.IntN(5) {
	case 0:
		name = pkg + "." + name
	case 1:
		name = fmt.Sprintf("%s.%s.func%d", pkg, name, 1+rng.IntN(4))
	case 2:
		name = fmt.Sprintf("%s.%s%s.%s", pkg, pick(rng, nouns), pick(rng, nouns), name)
	default:
		name = fmt.Sprintf("%s.(*%s%s).%s", pkg, pick(rng, nouns), pick(rng, nouns), name)
	}
	dir := "/usr/local/go/src/" + pkg
	if len(pkg) > 12 {
		dir = "/go/pkg/mod/" + pkg
	}
	return &profile.Function{
		Name: name, SystemName: name, Filename: dir + "/" + pick(rng, files) + ".go", StartLine: int64(10 + rng.IntN(1800)),
	}
}

// stack is a walk from an entry; like a profile's sample it has the leaf first. Its first half (at most trunk frames)
// is the same for all walks from that entry, as the way from a server's accept loop to its handlers is in a real one.
func (p *program) stack(rng *rand.Rand, depth int) []int {
	at := p.entries[rng.IntN(len(p.entries))]
	out := make([]int, depth)
	for i := range depth {
		out[depth-1-i] = at
		next := p.sites[at].callees
		if i < min(trunk, depth/2) {
			at = next[0]
		} else {
			at = next[rng.IntN(len(next))]
		}
	}
	return out
}

const trunk = 10

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }
