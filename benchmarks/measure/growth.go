package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// grow runs each workload with more and more targets and prints what a target costs, as a table and as a plot.
func (p plan) grow(ctx context.Context) error {
	var tables []string
	for _, j := range p.javas {
		for _, w := range p.workloads {
			var all []result
			for _, n := range p.sizes {
				o := p.options
				o.java = j
				w.targets = n
				r, err := o.run(ctx, w)
				if err != nil {
					return fmt.Errorf("workload %s with %d targets: %w", w.name, n, err)
				}
				all = append(all, r)
			}
			title := j.label(w.name)
			tables = append(tables, growth(title, all))
			file := filepath.Join(p.options.bin, "growth-"+strings.NewReplacer(" ", "-", ",", "", "/", "-").Replace(title)+".svg")
			if err := os.WriteFile(file, []byte(plot(title, all)), 0o644); err != nil {
				return err
			}
			tables = append(tables, "plot: "+file+"\n")
		}
	}
	fmt.Printf("\n%s", strings.Join(tables, "\n"))
	return nil
}

// growth is a table with a row for each number of targets. What one more loop takes is the slope from the row before.
func growth(title string, all []result) string {
	var b strings.Builder
	w := all[0].workload
	fmt.Fprintf(&b, "%s: %d types each %v\n\n", title, len(w.types), w.interval)
	b.WriteString("| targets | profiles/s | cores | CPU ms/profile | peak RSS MB | KB for one more target | MB/s in | MB/s out | missed ticks |\n" +
		"|---|---|---|---|---|---|---|---|---|\n")
	for i, r := range all {
		s, more := r.window.Seconds(), "-"
		if i > 0 {
			before := all[i-1]
			more = fmt.Sprintf("%.0f", float64(r.peak.rss-before.peak.rss)/1000/float64(r.workload.targets-before.workload.targets))
		}
		fmt.Fprintf(&b, "| %d | %.1f | %.3f | %s | %.0f | %s | %.2f | %.2f | %d (farm: %s) |\n", r.workload.targets,
			float64(r.sink.Profiles)/s, r.cpu.total()/s, milliseconds(r.cpu.total(), r.sink.Profiles), mb(r.peak.rss), more,
			mb(r.farm.Total.Bytes)/s, mb(r.sink.Bytes)/s, r.skipped, r.farmMissed())
	}
	return b.String()
}

// plot draws cores and peak RSS over the number of targets, each on a scale of its own.
func plot(title string, all []result) string {
	const width, height, left, top = 480.0, 260.0, 60.0, 40.0
	last := float64(all[len(all)-1].workload.targets)
	var cores, rss float64
	for _, r := range all {
		cores = math.Max(cores, r.cpu.total()/r.window.Seconds())
		rss = math.Max(rss, mb(r.peak.rss))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="sans-serif" font-size="12">`+"\n",
		width+2*left, height+2*top)
	fmt.Fprintf(&b, `<text x="%.0f" y="20">%s</text>`+"\n", left, escape.Replace(title))
	fmt.Fprintf(&b, `<path d="M%.0f %.0fV%.0fH%.0fV%.0f" fill="none" stroke="gray"/>`+"\n", left, top, top+height, left+width, top)
	line := func(color, name string, highest float64, anchor string, x float64, of func(result) float64) {
		var points []string
		for _, r := range all {
			px, py := left+width*float64(r.workload.targets)/last, top+height*(1-of(r)/math.Max(highest, 1e-9))
			points = append(points, fmt.Sprintf("%.1f,%.1f", px, py))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", px, py, color)
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s"/>`+"\n", strings.Join(points, " "), color)
		fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" text-anchor="%s" fill="%s">%s</text>`+"\n", x, top-4, anchor, color, name)
	}
	line("#0969da", fmt.Sprintf("cores, up to %.3f", cores), cores, "start", left, func(r result) float64 { return r.cpu.total() / r.window.Seconds() })
	line("#bc4c00", fmt.Sprintf("peak RSS, up to %.0f MB", rss), rss, "end", left+width, func(r result) float64 { return mb(r.peak.rss) })
	for _, r := range all {
		n := float64(r.workload.targets)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.0f" text-anchor="middle">%.0f</text>`+"\n", left+width*n/last, top+height+16, n)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" text-anchor="middle">targets</text>`+"\n</svg>\n", left+width/2, top+height+34)
	return b.String()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
