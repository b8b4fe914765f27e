package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Storage is the server's storage architecture. Both are tested: v1 is the old
// ingester storage, v2 the segment writer that answers a push after a flush.
type Storage string

const (
	V1 Storage = "v1"
	V2 Storage = "v2"
)

// Pyroscope is a server with its own ports and data folder, which survive
// Stop and Start.
type Pyroscope struct {
	URL     string
	storage Storage
	dir     string
	ports   [4]int // HTTP, gRPC, raft, memberlist
	proc    *Process
	tenants bool   // it wants one with each request
	tenant  string // whose profiles this view has
}

// StartPyroscope starts a server on an empty folder and waits for readiness.
func StartPyroscope(t *testing.T, storage Storage) *Pyroscope {
	t.Helper()
	p := &Pyroscope{storage: storage, dir: t.TempDir()}
	p.first(t)
	return p
}

// StartTenants is StartPyroscope for a server with several tenants; see As.
func StartTenants(t *testing.T, storage Storage) *Pyroscope {
	t.Helper()
	p := &Pyroscope{storage: storage, dir: t.TempDir(), tenants: true}
	p.first(t)
	return p
}

// As is the same server as one tenant sees it.
func (p *Pyroscope) As(tenant string) *Pyroscope {
	view := *p
	view.tenant = tenant
	return &view
}

func (p *Pyroscope) first(t *testing.T) {
	t.Helper()
	for i := range p.ports {
		p.ports[i] = FreePort(t)
	}
	p.URL = fmt.Sprintf("http://127.0.0.1:%d", p.ports[0])
	p.Start(t)
}

// Start starts the server on its folder and ports, again after a Stop.
func (p *Pyroscope) Start(t *testing.T) {
	t.Helper()
	binary := mustExist(t, filepath.Join(CacheDir(t), "pyroscope-"+PyroscopeVersion), "e2e/run builds it")
	var env []string
	if p.storage == V2 {
		env = append(env, "PYROSCOPE_V2=1")
	}
	p.proc = Start(t, "pyroscope", p.dir, env, append([]string{binary}, p.flags()...)...)
	awaitReady(t, p.proc, p.URL+"/ready", 60*time.Second)
}

// Stop ends the server the clean way, which flushes what v1 storage holds in
// memory: the tests are about the collector, not about a crashing backend.
func (p *Pyroscope) Stop(t *testing.T) {
	t.Helper()
	if err := p.proc.Terminate(90 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// Kill is kill -9. What v2 storage has accepted survives it; v1 holds the last
// minutes in memory and a log that it replays.
func (p *Pyroscope) Kill() { p.proc.Kill() }

// flags keeps everything on loopback, in the own folder and without waits.
// Limits stay at their defaults: a collector has to live with them.
func (p *Pyroscope) flags() []string {
	http, grpc, raft, gossip := p.ports[0], p.ports[1], p.ports[2], p.ports[3]
	local := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
	flags := []string{
		"-target=all", "-config.show_banner=false",
		"-server.http-listen-address=127.0.0.1", fmt.Sprintf("-server.http-listen-port=%d", http),
		"-server.grpc-listen-address=127.0.0.1", fmt.Sprintf("-server.grpc-listen-port=%d", grpc),
		"-storage.backend=filesystem", "-storage.filesystem.dir=" + p.sub("shared"),
		"-memberlist.bind-addr=127.0.0.1", fmt.Sprintf("-memberlist.bind-port=%d", gossip),
		"-memberlist.advertise-addr=127.0.0.1", fmt.Sprintf("-memberlist.advertise-port=%d", gossip),
		"-distributor.ring.instance-addr=127.0.0.1", "-overrides-exporter.ring.instance-addr=127.0.0.1",
		"-query-frontend.instance-addr=127.0.0.1", "-ingester.min-ready-duration=0s",
		"-self-profiling.disable-push=true", "-usage-stats.enabled=false", "-tracing.enabled=false",
	}
	if p.tenants {
		flags = append(flags, "-auth.multitenancy-enabled=true")
	}
	if p.storage == V1 {
		return append(flags, "-ingester.lifecycler.addr=127.0.0.1",
			"-query-scheduler.ring.instance-addr=127.0.0.1",
			"-store-gateway.sharding-ring.instance-addr=127.0.0.1", "-compactor.ring.instance-addr=127.0.0.1")
	}
	return append(flags,
		"-metastore.address="+local(grpc), "-query-backend.address="+local(grpc),
		"-metastore.raft.server-id="+local(raft), "-metastore.raft.bind-address="+local(raft),
		"-metastore.raft.advertise-address="+local(raft), "-metastore.data-dir="+p.sub("meta"),
		"-metastore.raft.dir="+p.sub("raft"), "-metastore.raft.snapshots-dir="+p.sub("raft"),
		"-compaction-worker.temp-dir="+p.sub("tmp"), "-segment-writer.lifecycler.addr=127.0.0.1",
		"-metastore.min-ready-duration=0s", "-segment-writer.min-ready-duration=0s",
		"-write-path=segment-writer", "-enable-query-backend=true")
}

func (p *Pyroscope) sub(name string) string {
	dir := filepath.Join(p.dir, name)
	os.MkdirAll(dir, 0o755)
	return dir
}
