package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// An attack is one file that adds itself to the list in its init function. The frame starts good neighbours and a sink,
// adds them to the config, and finds out whether the collector lives, answers, and serves the good ones.
type attack struct {
	name, what string

	// start begins the hostile peers (they end with the world) and returns what is added to the config.
	// Components may forward to pyroscope.write.sink.receiver.
	start func(w *world) (config string, err error)

	// strike is called once the collector is ready, for attacks that come as clients; nil = none. It returns at once.
	strike func(w *world)

	// check looks at the end for what is special to this attack; nil = nothing. Each finding fails the run.
	check func(w *world) (findings []string)

	// goodMayFail is the share of the scrapes of good neighbours that may fail; 0 in nearly all cases.
	goodMayFail float64

	// long ones run only when they are named, or for a minute and more.
	long bool

	// https is set when what start returns has stoker.http.tls.
	https bool

	// shortest is how long it has to last to mean anything.
	shortest time.Duration
}

var attacks []attack

// together is one attack made of several. One that needs plain HTTP strikes in vain beside one with TLS.
func together(parts []attack) attack {
	var names []string
	all := attack{}
	for _, a := range parts {
		names = append(names, a.name)
		all.goodMayFail = max(all.goodMayFail, a.goodMayFail)
		all.shortest = max(all.shortest, a.shortest)
		all.https = all.https || a.https
	}
	all.name = strings.Join(names, "+")
	all.start = func(w *world) (string, error) {
		var configs strings.Builder
		for _, a := range parts {
			config, err := a.start(w)
			if err != nil {
				return "", fmt.Errorf("%s: %w", a.name, err)
			}
			configs.WriteString(config)
		}
		return configs.String(), nil
	}
	all.strike = func(w *world) {
		for _, a := range parts {
			if a.strike != nil {
				a.strike(w)
			}
		}
	}
	all.check = func(w *world) (findings []string) {
		for _, a := range parts {
			if a.check != nil {
				findings = append(findings, a.check(w)...)
			}
		}
		return findings
	}
	return all
}

// A result is what was seen of the collector during an attack.
type result struct {
	name                string
	length              time.Duration
	probes              int
	slowest             time.Duration
	good                goodBooks
	peakBytes, rssBytes int64
	limitBytes          int64
	findings            []string
}

func (r result) line() string {
	verdict := "held"
	if len(r.findings) > 0 {
		verdict = "FAILED"
	}
	limit := "no limit"
	if r.limitBytes > 0 {
		limit = fmt.Sprintf("of %d MiB", r.limitBytes>>20)
	}
	return fmt.Sprintf("%-18s %-6s %s; %d probes, slowest %d ms; good: %d scrapes, %d failed, %d skipped, %d pushed; peak %d MiB %s, RSS %d MiB",
		r.name, verdict, r.length, r.probes, r.slowest.Milliseconds(), r.good.scrapes, r.good.failures, r.good.skipped,
		r.good.pushed, r.peakBytes>>20, limit, r.rssBytes>>20)
}

func (a attack) run(o options) (result, error) {
	length := max(o.length, a.shortest, 4*goodInterval) // with less the good ones have hardly a tick
	dir, keep := filepath.Join(o.dir, a.name), o.dir != ""
	if !keep {
		var err error
		if dir, err = os.MkdirTemp("", "attack-"+a.name); err != nil {
			return result{}, err
		}
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return result{}, err
	}
	w, err := newWorld(dir)
	if err != nil {
		return result{}, err
	}
	defer w.close()
	config, err := a.start(w)
	if err != nil {
		return result{}, err
	}
	c, err := startCollector(o, w, config)
	if err != nil {
		return result{}, err
	}
	defer c.kill()
	if a.https {
		c.url = strings.Replace(c.url, "http://", "https://", 1)
	}
	if err := c.awaitReady(time.Minute); err != nil {
		return result{}, fmt.Errorf("%w\n%s", err, c.logTail(30))
	}
	w.admin = c.url
	if a.strike != nil {
		a.strike(w)
	}
	r := result{name: a.name, length: length, limitBytes: c.group.Limit}
	c.probe(length, &r)
	r.peakBytes, r.rssBytes = c.group.Peak(), c.rssPeak()
	if c.exited() {
		r.findings = append(r.findings, "the collector ended: "+c.cmd.ProcessState.String()+"\n"+c.logTail(30))
		return r, nil
	}
	r.good, err = w.goodBooks()
	if err != nil {
		r.findings = append(r.findings, "the targets cannot be read at the end: "+err.Error())
	}
	r.findings = append(r.findings, w.checkGood(r.good, length, a.goodMayFail)...)
	if a.check != nil {
		r.findings = append(r.findings, a.check(w)...)
	}
	if len(r.findings) == 0 && !keep {
		_ = os.RemoveAll(dir)
	} else {
		r.findings = appendKept(r.findings, dir)
	}
	return r, nil
}

func appendKept(findings []string, dir string) []string {
	if len(findings) > 0 {
		findings = append(findings, "config, storage and log: "+dir)
	}
	return findings
}
