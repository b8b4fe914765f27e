package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A program is what stacks are made of: the call sites of an invented Go service, each with the calls it can make.
// Two programs are two builds: what they have in common are names at most.
type program struct {
	file, buildID string
	sites         []site
	entries       []int
}

// A site becomes a location of a profile when a stack goes through it. More than one line means inlined calls.
type site struct {
	address uint64
	lines   []line
	callees []int
}

type line struct {
	function *function
	number   int64
}

type function struct {
	name, file string
	start      int64
	address    uint64
}

// Where the program's code lies.
const (
	textStart = 0x400000
	textEnd   = 0x2c5e000
)

var (
	packages = []string{
		"runtime", "net/http", "encoding/json", "bufio", "bytes", "sync", "context", "database/sql", "compress/flate",
		"crypto/tls", "reflect", "io", "time", "fmt", "strconv", "net", "regexp", "html/template",
		"google.golang.org/grpc", "google.golang.org/grpc/internal/transport", "google.golang.org/protobuf/proto",
		"google.golang.org/protobuf/internal/impl", "github.com/prometheus/client_golang/prometheus",
		"github.com/prometheus/common/expfmt", "github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/pgconn/ctxwatch",
		"github.com/redis/go-redis/v9/internal/pool", "github.com/segmentio/kafka-go/protocol/produce",
		"github.com/go-chi/chi/v5/middleware", "go.opentelemetry.io/otel/sdk/trace", "go.uber.org/zap/zapcore",
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "k8s.io/client-go/tools/cache",
		"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured", "k8s.io/apimachinery/pkg/runtime/serializer/json",
		"k8s.io/client-go/informers/internalinterfaces", "sigs.k8s.io/controller-runtime/pkg/internal/controller",
		"example.com/shop/internal/checkout/payment/adapter", "example.com/shop/internal/catalogue/repository",
		"example.com/shop/internal/cart/session", "example.com/shop/internal/pricing/discount/rules",
		"example.com/shop/internal/search/index/analysis", "example.com/shop/internal/inventory/reservation",
		"example.com/shop/pkg/middleware/authentication", "example.com/shop/pkg/store/postgres", "main",
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
	joints = []string{"From", "With", "For", "By", "In"}
	files  = []string{
		"server", "client", "conn", "codec", "encode", "decode", "handler", "store", "pool", "buffer", "stream",
		"transport", "registry", "query", "cache", "batch", "worker", "index", "parser", "proto", "util", "types",
	}
)

// newProgram invents a program of so many functions and call sites; fan is how many different calls a site makes at most.
func newProgram(rng *rand.Rand, functions, sites, fan int) *program {
	p := &program{file: "/usr/local/bin/shop", buildID: fmt.Sprintf("%016x%016x%08x", rng.Uint64(), rng.Uint64(), rng.Uint32())}
	units := make([]unit, 1+functions/perUnit)
	for i := range units {
		units[i] = newUnit(rng)
	}
	fns := make([]*function, functions)
	for i := range fns {
		fns[i] = newFunction(rng, units[rng.IntN(len(units))])
	}
	p.sites = make([]site, sites)
	taken := map[uint64]bool{}
	for i := range p.sites {
		s := &p.sites[i]
		for n := 1 + inlined(rng); n > 0; n-- {
			fn := fns[rng.IntN(len(fns))]
			number := int64(rng.IntN(60))
			s.lines = append(s.lines, line{fn, fn.start + number})
			s.address = fn.address + uint64(9*number+rng.Int64N(9)) // of the last one, into which the others are inlined
		}
		for taken[s.address] {
			s.address++
		}
		taken[s.address] = true
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

// A unit is a type with its methods, in a file of its own.
type unit struct{ pkg, name, file string }

const perUnit = 3

func newUnit(rng *rand.Rand) unit {
	pkg := pick(rng, packages)
	return unit{pkg, pick(rng, nouns) + pick(rng, nouns), folder(pkg) + "/" + pick(rng, files) + ".go"}
}

func newFunction(rng *rand.Rand, u unit) *function {
	name := pick(rng, verbs) + pick(rng, nouns)
	if rng.IntN(2) == 0 {
		name += pick(rng, joints) + pick(rng, nouns)
	}
	switch rng.IntN(5) {
	case 0:
		name = u.pkg + "." + name
	case 1:
		name = fmt.Sprintf("%s.(*%s).%s.func%d", u.pkg, u.name, name, 1+rng.IntN(4))
	default:
		name = fmt.Sprintf("%s.(*%s).%s", u.pkg, u.name, name)
	}
	address := textStart + uint64(rng.Int64N((textEnd-textStart)/1024))*1024
	return &function{name, u.file, int64(10 + rng.IntN(1800)), address}
}

// folder of a package's files: the standard library's, the service's own, or a module's with its version.
func folder(pkg string) string {
	host, rest, _ := strings.Cut(pkg, "/")
	switch {
	case pkg == "main" || host == "example.com":
		return "/src/" + strings.TrimPrefix(rest, "shop/")
	case !strings.Contains(host, "."):
		return "/usr/local/go/src/" + pkg
	}
	return "/go/pkg/mod/" + pkg + "@v1.2" + fmt.Sprint(len(pkg)%10) + ".0"
}

// stack is a walk from an entry by sites; like a profile's sample it has the leaf first. Its first half (at most trunk frames)
// is the same for all walks from that entry, as the way from a server's accept loop to its handlers is in a real one.
func (p *program) stack(rng *rand.Rand, depth int) []int {
	at := p.entries[rng.IntN(len(p.entries))]
	out := make([]int, depth)
	for i := range depth {
		out[depth-1-i] = at
		next := p.sites[at].callees
		if i < min(trunk, depth/2) || rng.IntN(beaten) > 0 {
			at = next[0]
		} else {
			at = next[rng.IntN(len(next))]
		}
	}
	return out
}

const (
	trunk  = 10
	beaten = 3 // all but one in so many calls go the usual way
)

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }
