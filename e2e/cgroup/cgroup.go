// Package cgroup makes memory cgroups, of version 1 or 2, for processes under test.
package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Group is a memory cgroup for one process; without the right to make one there is no limit.
type Group struct {
	Limit int64
	dir   string // "" = none
	v2    bool
}

// New makes one with a limit in bytes.
func New(limit int64) (*Group, error) {
	name := fmt.Sprintf("stoker-test-%d-%d", os.Getpid(), time.Now().UnixNano()%1_000_000)
	g := &Group{Limit: limit}
	switch {
	case isDir("/sys/fs/cgroup/memory"):
		g.dir = filepath.Join("/sys/fs/cgroup/memory", name)
	case exists("/sys/fs/cgroup/cgroup.controllers"):
		g.dir, g.v2 = filepath.Join("/sys/fs/cgroup", name), true
		_ = os.WriteFile("/sys/fs/cgroup/cgroup.subtree_control", []byte("+memory"), 0o644)
	default:
		return &Group{}, nil
	}
	err := os.Mkdir(g.dir, 0o755)
	if err == nil {
		file := map[bool]string{false: "memory.limit_in_bytes", true: "memory.max"}[g.v2]
		err = os.WriteFile(filepath.Join(g.dir, file), []byte(strconv.FormatInt(limit, 10)), 0o644)
	}
	if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
		_ = os.Remove(g.dir)
		fmt.Fprintf(os.Stderr, "no memory cgroup can be made (%v), so there is no limit\n", err)
		return &Group{}, nil
	}
	return g, err
}

// Procs are the files that a process writes its own id to.
func (g *Group) Procs() []string {
	if g.dir == "" {
		return nil
	}
	return []string{filepath.Join(g.dir, "cgroup.procs")}
}

// Peak is what the group held at most, page cache included.
func (g *Group) Peak() int64 {
	if g.dir == "" {
		return 0
	}
	file := map[bool]string{false: "memory.max_usage_in_bytes", true: "memory.peak"}[g.v2]
	b, err := os.ReadFile(filepath.Join(g.dir, file))
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return n
}

// Remove ends the group, whose process is gone.
func (g *Group) Remove() {
	for range 50 {
		if g.dir == "" || os.Remove(g.dir) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
