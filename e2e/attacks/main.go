// Attacks runs the collector with hostile peers and good neighbours side by side, in a memory cgroup of the manifest's
// limit and with the launcher's own heap. It must live, answer a probe every second, and go on serving the good ones.
// See ../README.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type options struct {
	launcher, dir string
	length        time.Duration
	memory        int64
	list          bool
	together      bool
}

func main() {
	var o options
	flag.DurationVar(&o.length, "for", 2*time.Minute, "how long each attack lasts")
	flag.Int64Var(&o.memory, "memory", 512, "limit of the memory cgroup in MiB; the manifest's by default")
	flag.StringVar(&o.launcher, "launcher", "../../stoker", "the collector")
	flag.StringVar(&o.dir, "dir", "", "a folder for configs, storage and logs, which is kept")
	flag.BoolVar(&o.list, "list", false, "name the attacks")
	flag.BoolVar(&o.together, "together", false, "all that are named at the same time, on one collector")
	flag.Parse()
	if o.list {
		for _, a := range attacks {
			fmt.Printf("%-18s %s\n", a.name, a.what)
		}
		return
	}
	passed, err := all(o, flag.Args())
	if err != nil {
		fmt.Fprintf(os.Stderr, "attacks: %v\n", err)
	}
	if err != nil || !passed {
		os.Exit(1)
	}
}

func all(o options, names []string) (passed bool, err error) {
	if o.launcher, err = filepath.Abs(o.launcher); err != nil {
		return false, err
	}
	if out, err := exec.Command(o.launcher, "version").CombinedOutput(); err != nil { // builds when needed, alone
		return false, fmt.Errorf("%s version: %w\n%s", o.launcher, err, out)
	}
	for _, name := range names {
		if !slices.ContainsFunc(attacks, func(a attack) bool { return a.name == name }) {
			return false, fmt.Errorf("no attack %q; --list names them", name)
		}
	}
	var chosen []attack
	for _, a := range attacks {
		if len(names) > 0 && !slices.Contains(names, a.name) || len(names) == 0 && a.long && o.length < time.Minute {
			continue
		}
		chosen = append(chosen, a)
	}
	if o.together {
		chosen = []attack{together(chosen)}
	}
	passed = true
	for _, a := range chosen {
		r, err := a.run(o)
		if err != nil {
			return false, fmt.Errorf("%s: %w", a.name, err)
		}
		fmt.Println(r.line())
		for _, finding := range r.findings {
			fmt.Printf("    %s\n", strings.ReplaceAll(finding, "\n", "\n    "))
		}
		passed = passed && len(r.findings) == 0
	}
	return passed, nil
}
