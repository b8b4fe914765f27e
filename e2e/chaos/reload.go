package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"
)

// settings are what a config of the reload scenario is written from. Targets belong to one of two groups by number.
type settings struct {
	out      map[int]bool // targets that are not listed
	dropped  int          // a rule drops the target of that number; -1 = none
	interval [2]time.Duration
	label    int    // of targets, set by a rule of discovery.relabel
	profile  int    // of profiles, set by a rule of pyroscope.relabel
	writer   int    // label of the pyroscope.write
	endpoint int    // its name
	path     int    // of its URL
	header   int    // of its pushes
	timeout  int    // of its pushes, seconds
	comment  int    // moves every line
	bad      string // what a bad one has at its end
}

const endpointNames = 3

func (s settings) clone() settings {
	out := map[int]bool{}
	for i := range s.out {
		out[i] = true
	}
	s.out = out
	return s
}

func (s settings) absent(target int) bool { return s.out[target] || s.dropped == target }

func (s settings) config(f *farm, address string) string {
	var b strings.Builder
	b.WriteString(strings.Repeat("# one line more\n", s.comment))
	for g, name := range []string{"even", "odd"} {
		fmt.Fprintf(&b, "discovery.relabel.%s {\n  targets = [\n", name)
		for i, t := range f.targets {
			if i%2 == g && !s.out[i] {
				fmt.Fprintf(&b, "    { \"__address__\" = %q, \"service_name\" = \"chaos\", \"target\" = %q }\n", t.address, t.name)
			}
		}
		fmt.Fprintf(&b, "  ]\n  rules = [\n    { target_label = %q, replacement = \"v%d\" }\n", editLabel, s.label)
		if s.dropped >= 0 {
			fmt.Fprintf(&b, "    { source_labels = [ \"target\" ], regex = %q, action = drop }\n", f.targets[s.dropped].name)
		}
		fmt.Fprintf(&b, "  ]\n}\npyroscope.scrape.%s {\n  targets = discovery.relabel.%s.output\n", name, name)
		fmt.Fprintf(&b, "  scrape_interval = %s\n  forward_to = [ pyroscope.relabel.all.receiver ]\n}\n", s.interval[g])
	}
	fmt.Fprintf(&b, "pyroscope.relabel.all {\n  rules = [ { target_label = %q, replacement = \"v%d\" } ]\n", profileLabel, s.profile)
	fmt.Fprintf(&b, "  forward_to = [ pyroscope.write.w%d.receiver ]\n}\n", s.writer)
	fmt.Fprintf(&b, "pyroscope.write.w%d {\n  endpoint {\n    url = \"http://%s/p%d\", name = \"sink%d\"\n", s.writer, address, s.path, s.endpoint)
	fmt.Fprintf(&b, "    headers { \"X-Edit\" = \"%d\" }, remote_timeout = %ds\n", s.header, 10+s.timeout)
	b.WriteString("    queue { disk = 4GiB, backlog_rate = 0 }\n  }\n}\n")
	return b.String() + s.bad
}

// Set by rules that the scenario changes; the ledger takes no notice of them.
const editLabel, profileLabel = "edit", "edited"

// bads are wrong in one way each, at the end of a config that is right otherwise.
var bads = []string{
	"pyroscope.scrape.even {",
	"pyroscope.scrape.even { scrape_intervall = 3s }\n",
	"pyroscope.scrape.even { scrape_interval = soon }\n",
	"pyroscope.scrape.more { targets = [], forward_to = [ pyroscope.write.nobody.receiver ] }\n",
	"pyroscope.scrape.more { targets = ${nothing.there}, forward_to = [] }\n",
	"vars.a = ${vars.b}\nvars.b = ${vars.a}\n",
	"include required(file(\"missing.conf\"))\n",
	"include \"missing.conf\"\n",
	"discovery.relabel.x { targets = discovery.relabel.y.output }\ndiscovery.relabel.y { targets = discovery.relabel.x.output }\n",
	"pyroscope.write.bad { endpoint { url = \"ftp://nowhere\" } }\n",
	"pyroscope.write.bad { endpoint { url = \"http://127.0.0.1:1\", basic_auth { username = u, password_file = \"missing\" } } }\n",
	"pyroscope.write.bad { endpoint { url = \"http://127.0.0.1:1\", tls_config { ca_file = \"missing.pem\" } } }\n",
	"pyroscope.relabel.all { rules = [ { regex = \"(\", target_label = a } ] }\n",
	"stoker.store.bad { path = \"/proc/nowhere\" }\n",
	"stocker { log.level = debug }\n",
	"a = \"\x00\"\n",
	"\xff\xfe\n",
}

// A change is a reload that ended or began the loops of a target: from the edit of the file to the answer.
type change struct {
	span
	absent bool // it is not scraped afterwards
}

// What holds for a group of targets from then on.
type since struct {
	at       time.Time
	interval time.Duration
}

// history is what the reloads of a run meant to the targets.
type history struct {
	changes   map[string][]change // by target
	intervals [2][]since          // by group
}

// changed tells whether the target's loops were ended or begun in that time.
func (h *history) changed(target string, from, to time.Time) bool {
	for _, c := range h.changes[target] {
		if c.from.Before(to) && c.to.After(from) {
			return true
		}
	}
	return false
}

// absent tells whether the target was taken out in that time, be it for a moment.
func (h *history) absent(target string, from, to time.Time) bool {
	for _, c := range h.changes[target] {
		if c.absent && c.from.Before(to) && c.to.After(from) {
			return true
		}
	}
	return false
}

// gone tells whether the target is out, and the reload that took it out was answered before.
func (h *history) gone(target string, at time.Time) bool {
	gone := false
	for _, c := range h.changes[target] {
		if c.from.After(at) {
			break
		}
		gone = c.absent && c.to.Before(at)
	}
	return gone
}

// interval of a group at that time; 0 = the scenario's.
func (h *history) interval(group int, at time.Time) (interval time.Duration) {
	for _, s := range h.intervals[group] {
		if s.at.Before(at) {
			interval = s.interval
		}
	}
	return interval
}

// edit draws the next config. Most edits are good ones.
func (s settings) edit(rng *rand.Rand, targets int, intervals [2]time.Duration) settings {
	next := s.clone()
	next.bad = ""
	switch rng.IntN(12) {
	case 0, 1:
		for range 1 + rng.IntN(3) {
			next.out[rng.IntN(targets)] = true
		}
	case 2:
		for i := range targets {
			if rng.IntN(2) == 0 {
				delete(next.out, i)
			}
		}
	case 3:
		next.dropped = rng.IntN(2*targets) - targets
		next.dropped = max(next.dropped, -1)
	case 4:
		next.interval[rng.IntN(2)] = intervals[rng.IntN(2)]
	case 5:
		next.label++
	case 6:
		next.profile++
	case 7:
		next.writer = (next.writer + 1) % 2
	case 8:
		next.endpoint = rng.IntN(endpointNames)
	case 9:
		next.path = rng.IntN(3)
	case 10:
		next.header++
		next.timeout = rng.IntN(5)
	case 11:
		next.comment = rng.IntN(3)
	}
	return next
}

// reloads edits the config so many times at random moments, and ends with the first one, so that what is there at the
// end can be compared with what was there before.
func (r *run) reloadAll(rng *rand.Rand) error {
	if r.reloads == 0 {
		return nil
	}
	if err := r.wait(r.warm - time.Since(r.daemon.now().ready)); err != nil {
		return err
	}
	before := r.daemon.inventory()
	first := firstSettings(r.interval)
	now := first.clone()
	for range r.reloads {
		if err := r.wait(between(rng, 0.1, 2*r.pause.Seconds()-0.1)); err != nil {
			return err
		}
		next := now.edit(rng, len(r.farm.targets), [2]time.Duration{r.interval, (r.interval * 2 / 3).Round(time.Second)})
		if rng.IntN(4) == 0 {
			next.bad = bads[rng.IntN(len(bads))]
		}
		if err := r.reload(now, next); err != nil {
			return err
		}
		if next.bad == "" {
			now = next
		}
	}
	// Each name has its queue: what its endpoint has left on disk waits for its return.
	for name := range endpointNames {
		next := first.clone()
		next.label, next.profile, next.endpoint = now.label, now.profile, (name+1)%endpointNames
		if err := r.reload(now, next); err != nil {
			return err
		}
		now = next
		if _, drained, err := r.drained(time.Now(), 30*time.Second, func(e endpoint) bool {
			return e.Oldest == nil || time.Since(*e.Oldest) < 2*time.Second
		}); err != nil {
			return err
		} else if !drained {
			r.find("not drained", "the endpoint named sink%d", next.endpoint)
		}
	}
	if err := r.wait(2 * r.interval); err != nil {
		return err
	}
	r.leaks(before)
	return nil
}

func firstSettings(interval time.Duration) settings {
	return settings{out: map[int]bool{}, dropped: -1, interval: [2]time.Duration{interval, interval}}
}

// reload writes the config, asks for it, and enters what it means to each target.
func (r *run) reload(now, next settings) error {
	from := time.Now()
	if err := replace(r.daemon.config(), next.config(r.farm, r.sink.address)); err != nil {
		return err
	}
	status, reply, err := r.daemon.reload()
	took := time.Since(from)
	if err != nil {
		return fmt.Errorf("POST /-/reload: %w", err)
	}
	r.figures.set("slowest_reload_s", max(r.figures.get("slowest_reload_s"), took.Seconds()))
	if next.bad != "" {
		r.figures.add("reloads_refused", 1)
		if status != http.StatusBadRequest {
			r.find("bad config", "%q is answered %d", next.bad, status)
			return fmt.Errorf("a bad config runs: %q", next.bad)
		}
		placed := false
		for _, e := range reply.Errors {
			placed = placed || e.File == r.daemon.config() && e.Line > 0
		}
		if !placed {
			r.find("bad config", "%q: no error has file and line: %+v", next.bad, reply.Errors)
		}
		return nil
	}
	r.figures.add("reloads_done", 1)
	if status != http.StatusOK {
		r.find("good config", "is answered %d: %+v", status, reply.Errors)
		return fmt.Errorf("a good config is refused: %+v", reply.Errors)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, t := range r.farm.targets {
		restarted := now.interval[i%2] != next.interval[i%2]
		if now.absent(i) || next.absent(i) || restarted {
			r.history.changes[t.name] = append(r.history.changes[t.name], change{span{from, time.Now()}, next.absent(i)})
		}
	}
	for group := range next.interval {
		if now.interval[group] != next.interval[group] {
			r.history.intervals[group] = append(r.history.intervals[group], since{from, next.interval[group]})
		}
	}
	return nil
}

// replace is what an editor does: the file is there all the time, and whole.
func replace(file, text string) error {
	if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

type reloadReply struct {
	Errors []struct {
		File, Path, Message string
		Line                int
	}
}

func (d *daemon) reload() (status int, reply reloadReply, err error) {
	long := &http.Client{Timeout: 30 * time.Second, Transport: client.Transport}
	r, err := long.Post("http://"+d.listen+"/-/reload", "", bytes.NewReader(nil))
	if err != nil {
		return 0, reply, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode == http.StatusBadRequest {
		err = json.Unmarshal(b, &reply)
	}
	return r.StatusCode, reply, err
}
