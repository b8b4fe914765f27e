package main

import "encoding/binary"

// A wire writes a profile as Go's runtime/pprof does, which is not how google/pprof writes it: each location stands
// before the first sample that uses it, and each function behind the first location that uses it. Ids count in that
// order, and so do strings, whose table is the end of the profile. So one new stack in front shifts all ids.
//
// Field numbers are those of profile.proto.
type wire struct {
	out       []byte
	strings   map[string]uint64
	table     []string
	locations map[int]uint64    // by site
	functions map[string]uint64 // by name, as Go knows them
	ids       []uint64
	scratch   []byte
}

func newWire() *wire {
	return &wire{
		strings: map[string]uint64{"": 0}, table: []string{""}, locations: map[int]uint64{}, functions: map[string]uint64{},
	}
}

// again forgets all but the memory.
func (w *wire) again() {
	clear(w.strings)
	clear(w.locations)
	clear(w.functions)
	w.strings[""] = 0
	w.table = append(w.table[:0], "")
	w.out = w.out[:0]
}

func (w *wire) text(s string) uint64 {
	i, known := w.strings[s]
	if !known {
		i = uint64(len(w.table))
		w.strings[s] = i
		w.table = append(w.table, s)
	}
	return i
}

func (w *wire) number(field int, v uint64) {
	w.out = binary.AppendUvarint(w.out, uint64(field)<<3)
	w.out = binary.AppendUvarint(w.out, v)
}

// optional leaves out zero, as proto3 does.
func (w *wire) optional(field int, v uint64) {
	if v != 0 {
		w.number(field, v)
	}
}

// message writes a nested one, whose length is known only afterwards.
func (w *wire) message(field int, content func()) {
	from := len(w.out)
	content()
	w.scratch = append(w.scratch[:0], w.out[from:]...)
	w.out = binary.AppendUvarint(w.out[:from], uint64(field)<<3|2)
	w.out = binary.AppendUvarint(w.out, uint64(len(w.scratch)))
	w.out = append(w.out, w.scratch...)
}

// numbers are packed when there are more than two, as Go does it.
func (w *wire) numbers(field int, all []uint64) {
	if len(all) <= 2 {
		for _, v := range all {
			w.number(field, v)
		}
		return
	}
	w.message(field, func() {
		for _, v := range all {
			w.out = binary.AppendUvarint(w.out, v)
		}
	})
}

func (w *wire) valueType(field int, v valueType) {
	w.message(field, func() {
		w.number(1, w.text(v.name))
		w.number(2, w.text(v.unit))
	})
}

// sample writes what it is the first to use, then the sample.
func (w *wire) sample(p *program, s *sample) {
	w.ids = w.ids[:0]
	for _, site := range s.stack {
		w.ids = append(w.ids, w.location(p, site))
	}
	w.message(2, func() {
		w.numbers(2, s.values)
		w.numbers(1, w.ids)
		if s.size != 0 {
			w.message(3, func() {
				w.optional(1, w.text("bytes"))
				w.optional(3, uint64(s.size))
			})
		}
		if s.label != "" {
			w.message(3, func() {
				w.optional(1, w.text("endpoint"))
				w.optional(2, w.text(s.label))
			})
		}
	})
}

func (w *wire) location(p *program, site int) uint64 {
	if id, known := w.locations[site]; known {
		return id
	}
	id := uint64(len(w.locations) + 1)
	w.locations[site] = id
	at := &p.sites[site]
	var added []*function
	w.message(4, func() {
		w.number(1, id)
		w.number(3, at.address)
		for _, l := range at.lines {
			f, known := w.functions[l.function.name]
			if !known {
				f = uint64(len(w.functions) + 1)
				w.functions[l.function.name] = f
				added = append(added, l.function)
			}
			w.message(4, func() {
				w.number(1, f)
				w.optional(2, uint64(l.number))
			})
		}
		w.number(2, 1)
	})
	for _, f := range added {
		w.message(5, func() {
			w.number(1, w.functions[f.name])
			w.optional(2, w.text(f.name))
			w.optional(3, w.text(f.name))
			w.optional(4, w.text(f.file))
			w.optional(5, uint64(f.start))
		})
	}
	return id
}

// end writes the mapping and all strings.
func (w *wire) end(p *program) {
	w.message(3, func() {
		w.number(1, 1)
		w.number(2, textStart)
		w.number(3, textEnd)
		w.optional(5, w.text(p.file))
		w.optional(6, w.text(p.buildID))
		w.number(7, 1)
	})
	for _, s := range w.table {
		w.out = binary.AppendUvarint(w.out, 6<<3|2)
		w.out = binary.AppendUvarint(w.out, uint64(len(s)))
		w.out = append(w.out, s...)
	}
}
