// Measure runs workloads: it starts what is scraped, the sink and the collector, waits for the warm-up, watches the
// collector from outside over the window, stops everything and prints a table row. See ../README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	p, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "benchmarks/run: %v\n", err)
		os.Exit(2)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if err := p.run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "benchmarks/run: %v\n", err)
		os.Exit(1)
	}
}

func (p plan) run(ctx context.Context) error {
	if p.printOnly {
		for _, w := range p.workloads {
			fmt.Print(w.config(p.options.basePort))
		}
		return nil
	}
	if err := p.ready(); err != nil {
		return err
	}
	if p.real() {
		if err := buildService(ctx, p.options); err != nil {
			return err
		}
	}
	switch {
	case p.other.wanted():
		return p.other.run(ctx, p.options, p.javas, p.workloads)
	case len(p.sizes) > 0:
		return p.grow(ctx)
	}
	var rows []string
	for _, j := range p.javas {
		for _, w := range p.workloads {
			o := p.options
			o.java = j
			if len(p.javas) > 1 {
				o.label = j.label("this")
			}
			r, err := o.run(ctx, w)
			if err != nil {
				return fmt.Errorf("workload %s: %w", w.name, err)
			}
			rows = append(rows, r.row())
		}
	}
	fmt.Printf("\n%s\n%s\n", header, strings.Join(rows, "\n"))
	return nil
}
