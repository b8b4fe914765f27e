// Agent measures what stoker-agent.jar costs the JVM it is in. One JVM, busy all the time, is pulled in one phase and left
// alone without a recording in the next; neighbours are compared. See ../README.md.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	phase = 15 * time.Second // the pull interval
	edge  = time.Second      // left out at a phase's begin, where the recording starts or stops
	idle  = 20 * time.Second
)

type jvm struct {
	cmd         *exec.Cmd
	jcmd        string
	port, agent int
	threads     *threads
}

func main() {
	java := flag.String("java", "java", "the JVM to measure (set by agent/run)")
	jcmd := flag.String("jcmd", "jcmd", "of the same JDK (set by agent/run)")
	classes := flag.String("classes", "", "folder of Busy.class (set by agent/run)")
	jar := flag.String("jar", "", "stoker-agent.jar (set by agent/run)")
	pairs := flag.Int("pairs", 8, "phases with and without pulls, 15 s each")
	warmup := flag.Duration("warmup", 40*time.Second, "before the first")
	workers := flag.Int("threads", runtime.NumCPU(), "working threads")
	port := flag.Int("port", 19990, "of the program; the agent takes the next one")
	flag.Parse()
	if err := run(*java, *jcmd, *classes, *jar, *pairs, *warmup, *workers, *port); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks/agent/run:", err)
		os.Exit(1)
	}
}

func run(java, jcmd, classes, jar string, pairs int, warmup time.Duration, workers, port int) error {
	j := &jvm{jcmd: jcmd, port: port, agent: port + 1}
	j.cmd = exec.Command(java, "-Xmx256m", fmt.Sprintf("-javaagent:%s=port=%d", jar, j.agent), "-cp", classes, "Busy",
		strconv.Itoa(port), strconv.Itoa(workers))
	j.cmd.Stderr = os.Stderr
	if err := j.cmd.Start(); err != nil {
		return err
	}
	defer func() { j.cmd.Process.Kill(); j.cmd.Wait() }()
	if err := j.awaitReady(); err != nil {
		return err
	}
	version, _ := exec.Command(java, "-version").CombinedOutput()
	fmt.Printf("%s; %d working threads on %d CPUs; load average before: %s\n",
		strings.SplitN(string(version), "\n", 2)[0], workers, runtime.NumCPU(), loadAverage())
	j.threads = watchThreads(j.cmd.Process.Pid)
	bad, err := j.idle("never asked")
	if err != nil {
		return err
	}

	j.ask("work")
	if err := j.pull(2); err != nil {
		return err
	}
	time.Sleep(warmup - 3*time.Second)
	if err := j.stopRecording(); err != nil {
		return err
	}
	before := j.heap()
	r, err := j.phases(pairs)
	if err != nil {
		return err
	}
	held := j.heap() - before
	if err := j.stopRecording(); err != nil {
		return err
	}
	j.ask("rest")
	r.print(held)
	again, err := j.idle("asked before")
	fmt.Println("load average after:", loadAverage())
	if bad = slices.Concat(bad, r.over(held), again); len(bad) > 0 {
		err = errors.Join(err, errors.New("over the bound: "+strings.Join(bad, "; ")))
	}
	return err
}

// idle is the agent without a request. JFR's threads are there from the first recording on until the JVM ends, whoever made
// it: what they use is told, and is no bound for the agent.
func (j *jvm) idle(when string) (over []string, err error) {
	time.Sleep(5 * time.Second) // until its last thread has ended
	agentBefore, jfrBefore := j.threads.cpu()
	time.Sleep(idle)
	agent, jfr := j.threads.cpu()
	percent := 100 * float64(agent-agentBefore) / float64(idle)
	jfrPercent := 100 * float64(jfr-jfrBefore) / float64(idle)
	names, running := j.threads.now()
	out, err := exec.Command(j.jcmd, strconv.Itoa(j.cmd.Process.Pid), "JFR.check").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("jcmd JFR.check: %v: %s", err, out)
	}
	none := strings.Contains(string(out), "No available recordings")
	fmt.Printf("idle, %s: the agent %.4f %% of a core, JFR %.4f %%; recording: %t; threads (state): %s\n",
		when, percent, jfrPercent, !none, strings.Join(names, ", "))
	if percent >= 0.1 || running || !none {
		over = []string{"idle, " + when}
	}
	return over, nil
}

// phases alternates: off, pulled, pulled, off, … so that a drift falls on both alike. It ends pulled.
func (j *jvm) phases(pairs int) (r result, err error) {
	for pair := range pairs {
		var rate [2]float64
		order := []bool{pair%2 == 1, pair%2 == 0}
		if pair == pairs-1 {
			order = []bool{false, true}
		}
		for _, pulled := range order {
			if !pulled {
				if err := j.stopRecording(); err != nil {
					return r, err
				}
			}
			end := time.Now().Add(phase + edge)
			ended := make(chan error, 1)
			cpuBefore, allocatedBefore := j.threads.both(), j.ask("allocated")
			if pulled {
				go func() { ended <- j.pull(int(phase/time.Second) - 1) }()
			} else {
				ended <- nil
			}
			time.Sleep(edge)
			opsBefore, begin := j.ask("ops"), time.Now()
			time.Sleep(time.Until(end))
			span := time.Since(begin)
			speed := float64(j.ask("ops")-opsBefore) / span.Seconds()
			if err := <-ended; err != nil {
				return r, err
			}
			if pulled {
				rate[1] = speed
				// The start of the recording included: more than a pull in a row of pulls takes.
				r.cpu += j.threads.both() - cpuBefore
				r.pulled += phase
				r.rounds++
				r.allocated += j.ask("allocated") - allocatedBefore
			} else {
				rate[0] = speed
			}
		}
		r.ratios = append(r.ratios, math.Log(rate[1]/rate[0]))
		r.speed += rate[0] / float64(pairs)
	}
	return r, nil
}

// pull asks for all that Stoker does with its defaults, at once as Stoker does.
func (j *jvm) pull(seconds int) error {
	paths := []string{"allocs", "mutex", "block", "goroutine", fmt.Sprintf("profile?seconds=%d", seconds)}
	errs := make([]error, len(paths))
	var all sync.WaitGroup
	for i, path := range paths {
		all.Go(func() {
			reply, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/debug/pprof/%s", j.agent, path))
			if err != nil {
				errs[i] = err
				return
			}
			defer reply.Body.Close()
			size, err := io.Copy(io.Discard, reply.Body)
			if err != nil || reply.StatusCode != 200 || size == 0 {
				errs[i] = fmt.Errorf("%s: status %d, %d bytes, %v", path, reply.StatusCode, size, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

var recordings = regexp.MustCompile(`(?m)^Recording (\d+):`)

// stopRecording ends what the agent would end after five minutes; its next request begins again.
func (j *jvm) stopRecording() error {
	pid := strconv.Itoa(j.cmd.Process.Pid)
	running, err := exec.Command(j.jcmd, pid, "JFR.check").CombinedOutput()
	if err != nil {
		return fmt.Errorf("jcmd JFR.check: %v: %s", err, running)
	}
	for _, id := range recordings.FindAllSubmatch(running, -1) {
		if out, err := exec.Command(j.jcmd, pid, "JFR.stop", "name="+string(id[1])).CombinedOutput(); err != nil {
			return fmt.Errorf("jcmd JFR.stop: %v: %s", err, out)
		}
	}
	return nil
}

// heap is what is in use when all is at rest and collected.
func (j *jvm) heap() int64 {
	j.ask("rest")
	time.Sleep(3 * time.Second)
	used := j.ask("heap")
	j.ask("work")
	return used
}

func (j *jvm) awaitReady() error {
	for range 100 {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", j.port))
		if err == nil {
			return c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("the program does not answer")
}

// ask sends a command; a program that is gone ends the run.
func (j *jvm) ask(command string) int64 {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", j.port))
	if err == nil {
		defer c.Close()
		fmt.Fprintln(c, command)
		var line string
		if line, err = bufio.NewReader(c).ReadString('\n'); err == nil {
			var n int64
			if n, err = strconv.ParseInt(strings.TrimSpace(line), 10, 64); err == nil {
				return n
			}
		}
	}
	fmt.Fprintln(os.Stderr, "benchmarks/agent/run: the program is gone:", err)
	j.cmd.Process.Kill()
	os.Exit(1)
	return 0
}

func loadAverage() string {
	b, _ := os.ReadFile("/proc/loadavg")
	return strings.Join(strings.Fields(string(b))[:3], " ")
}
