package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An inventory is what a process holds, by kind: threads by name, open files, live objects of classes that a reload
// makes or ends.
type inventory map[string]int

var digits = regexp.MustCompile(`[0-9]+`)

func (d *daemon) inventory() inventory {
	out, pid := inventory{}, d.now().cmd.Process.Pid
	proc := "/proc/" + strconv.Itoa(pid)
	fds, _ := os.ReadDir(proc + "/fd")
	for _, fd := range fds {
		to, err := os.Readlink(filepath.Join(proc, "fd", fd.Name()))
		switch {
		case err != nil: // closed meanwhile
		case strings.HasPrefix(to, "socket:"):
			out["fd socket"]++
		case strings.HasPrefix(to, "anon_inode:") || strings.HasPrefix(to, "pipe:"):
			out["fd "+digits.ReplaceAllString(to, "N")]++
		default:
			out["fd file"]++
		}
	}
	tasks, _ := filepath.Glob(proc + "/task/*/comm")
	for _, task := range tasks {
		if name, err := os.ReadFile(task); err == nil {
			out["thread "+digits.ReplaceAllString(strings.TrimSpace(string(name)), "N")]++
		}
	}
	// A full collection comes first, so what is counted is in use.
	histogram, _ := exec.Command("jcmd", strconv.Itoa(pid), "GC.class_histogram").Output()
	for _, m := range histogramLine.FindAllStringSubmatch(string(histogram), -1) {
		if held.MatchString(m[2]) {
			out["object "+m[2]], _ = strconv.Atoi(m[1])
		}
	}
	return out
}

var (
	histogramLine = regexp.MustCompile(`(?m)^ *[0-9]+: +([0-9]+) +[0-9]+ +(\S+)`)
	held          = regexp.MustCompile(`^(dev\.stoker\.(app|reload|write|scrape|discovery|http|concurrent|profile)\.|` +
		`io\.vertx\.core\.(impl\.VertxImpl|http\.impl|net\.impl))`)
	// There is one for each connection, and their number varies.
	connection = regexp.MustCompile(`^fd socket$|Connection|Channel|VertxHandler|Compress|EncodingDetector`)
	// Come and go with what is asked and sent just now.
	busy = regexp.MustCompile(`Stream|Request|Response|Headers|Frame|Push|Parcel|Profile|Body|Fetch|Entry|Lambda|Outcome|Result|Try|\[|` +
		`Address|HostAndPort|` + // values, as many as connections and lookups have kept
		`TargetSource`) // a component that a reload keeps has the one that it started with
)

// slack is for what a pool holds more or less of; what leaks with every reload is more.
func slack(kind string, before, reloads int) int {
	switch {
	case strings.HasPrefix(kind, "thread vert.x-"):
		return 20 // the pool of blocking work grows up to that when it is used
	case connection.MatchString(kind):
		return max(reloads/4, before/4)
	case strings.HasPrefix(kind, "object "):
		return max(reloads/4, before/10)
	default:
		return 3
	}
}

// leaks compares what is there with what was there under the same config. Connections take a while to go.
func (r *run) leaks(before inventory) {
	var found []string
	for deadline := time.Now().Add(40 * time.Second); ; {
		found = nil
		after := r.daemon.inventory()
		for kind, n := range after {
			if limit := before[kind] + slack(kind, before[kind], r.reloads); n > limit && !busy.MatchString(kind) {
				found = append(found, fmt.Sprintf("%s: %d, %d before the reloads", kind, n, before[kind]))
			}
		}
		for _, total := range []string{"fd ", "thread ", "object "} {
			name := strings.TrimSpace(total)
			r.figures.set(name+"s_before", float64(before.sum(total)))
			r.figures.set(name+"s_after", float64(after.sum(total)))
		}
		if len(found) == 0 || time.Now().After(deadline) || r.wait(3*time.Second) != nil {
			break
		}
	}
	for _, f := range found {
		r.find("leak", "%s", f)
	}
}

func (i inventory) sum(prefix string) (n int) {
	for kind, count := range i {
		if strings.HasPrefix(kind, prefix) {
			n += count
		}
	}
	return n
}
