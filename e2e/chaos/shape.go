package main

// A shape is one of the profile types, as net/http/pprof serves it.
type shape struct {
	name       string // the label __name__
	path       string
	types      [][2]string // type and unit
	timed      bool        // the answer takes ?seconds=
	cumulative int         // the first so many sample types only grow, so the collector has to subtract
}

var shapes = []*shape{
	{name: "process_cpu", path: "/debug/pprof/profile", timed: true,
		types: [][2]string{{"samples", "count"}, {"cpu", "nanoseconds"}}},
	{name: "memory", path: "/debug/pprof/allocs", cumulative: 2,
		types: [][2]string{{"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"}}},
	{name: "goroutine", path: "/debug/pprof/goroutine", types: [][2]string{{"goroutine", "count"}}},
	{name: "mutex", path: "/debug/pprof/mutex", cumulative: 2,
		types: [][2]string{{"contentions", "count"}, {"delay", "nanoseconds"}}},
	{name: "block", path: "/debug/pprof/block", cumulative: 2,
		types: [][2]string{{"contentions", "count"}, {"delay", "nanoseconds"}}},
}

// sentWhenStill tells that a profile is sent also when no counter moved, because it has momentary values too.
func (s *shape) sentWhenStill() bool { return s.cumulative < len(s.types) }

// values of stack s in the n-th body (from 1) of a process life: a closed form, so that the ledger need not keep
// bodies. Counters only grow; a fifth of the stacks is not there at first; every sixth body no counter moves.
func (s *shape) values(n, stack int, salt uint64) [4]int64 {
	moves := n - n/6
	x := uint64(stack) + salt
	period := int(1 + (uint64(stack)*7+salt)%9)
	steps := int64((moves + stack%period) / period)
	count := steps * int64(1+x%13)
	size := int64(16) << (stack & 3)
	switch s.name {
	case "process_cpu":
		samples := int64(1 + (uint64(n)+x)%3)
		return [4]int64{samples, samples * 10_000_000}
	case "goroutine":
		return [4]int64{int64(1 + (uint64(n)*3+x)%5)}
	case "memory":
		inuse := int64((uint64(n)*5 + x*3) % 4)
		return [4]int64{count, count * size, inuse, inuse * size}
	default:
		return [4]int64{count, count*1000 + steps*int64(salt%7)}
	}
}
