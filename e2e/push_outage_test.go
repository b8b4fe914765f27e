package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
	"github.com/google/pprof/profile"
)

const (
	pushClients = 4
	pushesEach  = 300 // in the outage, about
	pushesAfter = 20  // by each client, when the server is there again
)

// TestPushOutage stops Pyroscope and starts it again while clients push through the collector. Every push is
// answered 200, and each is found in Pyroscope, once. With v1 storage nothing is under way while the server is
// told to stop: what it answers 200 then it may not have afterwards, which no client can know.
func TestPushOutage(t *testing.T) {
	onBothStorages(t, func(t *testing.T, storage harness.Storage) {
		backend := harness.StartPyroscope(t, storage)
		proxy := startRecordingProxy(t, backend.URL)
		start := time.Now().Add(-time.Minute)
		port := harness.FreePort(t)
		stoker := harness.StartStoker(t, fmt.Sprintf(`
pyroscope.receive_http.sdks {
  http { listen_address = "127.0.0.1", listen_port = %d }
  forward_to = [ pyroscope.write.endpoint.receiver ]
}
pyroscope.write.endpoint { endpoint { url = %q } }
`, port, proxy.url))
		pushing := startPushing(t, fmt.Sprintf("http://127.0.0.1:%d", port), outage(t)/pushesEach)
		settled := func(least int64) func() error {
			return func() error {
				now := stoker.Endpoint(t)
				if err := now.CheckIdentity(); err != nil {
					t.Error(err) // must hold at every moment
				}
				if now.Sent < least || now.Queued+now.InFlight > 0 {
					return fmt.Errorf("%+v", now)
				}
				return nil
			}
		}
		harness.Eventually(t, 20*time.Second, "pushes that arrive", func() error {
			if now := stoker.Endpoint(t); now.Sent < 20 {
				return fmt.Errorf("%+v", now)
			}
			return nil
		})
		if strings.HasSuffix(t.Name(), "/v1") {
			pushing.pause()
			harness.Eventually(t, 20*time.Second, "nothing under way", settled(20))
		}
		t.Logf("stop at %s", time.Now().Format("15:04:05.000"))
		backend.Stop(t)
		t.Logf("stopped at %s", time.Now().Format("15:04:05.000"))
		pushing.resume()
		time.Sleep(outage(t)) // the outage itself
		during := stoker.Endpoint(t)
		if during.Queued+during.InFlight == 0 || during.State == "healthy" {
			t.Errorf("in the outage: %+v", during)
		}
		backend.Start(t)
		t.Logf("ready again at %s", time.Now().Format("15:04:05.000"))
		all := pushing.finish()
		harness.Eventually(t, 60*time.Second, "backlog drained", settled(all))
		if end := stoker.Endpoint(t); end.Lost() != 0 || end.Offered != all || end.Sent != all {
			t.Errorf("of %d pushes: %+v", all, end)
		}
		books := stoker.Components(t)["pyroscope.receive_http.sdks"].Books
		if books["received"] != all || books["offered"] != all {
			t.Errorf("of %d pushes the receiver counts %v", all, books)
		}
		stoker.Stop(t)
		checkNumbers(t, backend, proxy, start, all)
	})
}

// A pushing is clients that push profiles of one sample each, whose function is a number that no other profile has.
type pushing struct {
	gate    sync.RWMutex // held in a pause
	paused  bool
	clients sync.WaitGroup
	more    chan struct{} // closed: each client pushes some more and ends
	stop    chan struct{} // closed: each client ends at once
	next    atomic.Int64
}

func startPushing(t *testing.T, url string, pause time.Duration) *pushing {
	p := &pushing{more: make(chan struct{}), stop: make(chan struct{})}
	t.Cleanup(func() {
		close(p.stop)
		p.resume()
		p.clients.Wait() // whoever goes on would report to a test that is over
	})
	for client := range pushClients {
		p.clients.Add(1)
		go func() {
			defer p.clients.Done()
			p.push(t, url, client, pause)
		}()
	}
	return p
}

func (p *pushing) push(t *testing.T, url string, client int, pause time.Duration) {
	labels := map[string]string{"__name__": "goroutine", "service_name": "pushed", "__delta__": "false", "client": fmt.Sprint(client)}
	for left := pushesAfter; left > 0; {
		select {
		case <-p.stop:
			return
		case <-p.more:
			left--
		case <-time.After(pause):
		}
		p.gate.RLock()
		n := p.next.Add(1) - 1
		if err := harness.Push(url, labels, numbered(int(n))); err != nil {
			t.Errorf("push %d of client %d: %v", n, client, err)
		}
		p.gate.RUnlock()
	}
}

// pause returns when nothing is being pushed, and nothing is until resume.
func (p *pushing) pause() {
	p.gate.Lock()
	p.paused = true
}

func (p *pushing) resume() {
	if p.paused {
		p.paused = false
		p.gate.Unlock()
	}
}

// finish lets each client push so many more, and returns how many there were in all.
func (p *pushing) finish() int64 {
	close(p.more)
	p.clients.Wait()
	return p.next.Load()
}

func numbered(n int) []byte {
	function := &profile.Function{ID: 1, Name: fmt.Sprintf("number.%d", n)}
	location := &profile.Location{ID: 1, Line: []profile.Line{{Function: function, Line: 1}}}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "goroutine", Unit: "count"}}, PeriodType: &profile.ValueType{Type: "goroutine", Unit: "count"},
		Period: 1, TimeNanos: time.Now().UnixNano(), Function: []*profile.Function{function}, Location: []*profile.Location{location},
		Sample: []*profile.Sample{{Location: []*profile.Location{location}, Value: []int64{1}}},
	}
	var out bytes.Buffer
	_ = p.Write(&out) // to memory
	return out.Bytes()
}

func checkNumbers(t *testing.T, backend *harness.Pyroscope, proxy *recordingProxy, start time.Time, all int64) {
	t.Helper()
	// A segment that v2 storage accepted while it shut down waits in its dead letter queue, which it looks at every 15 s.
	harness.Eventually(t, 60*time.Second, "every push, once", func() error {
		merged, err := backend.MergeProfile("goroutine:goroutine:count:goroutine:count", `{service_name="pushed"}`, harness.Since(start))
		if err != nil || merged == nil {
			return fmt.Errorf("nothing is stored: %v", err)
		}
		found := map[string]int64{}
		for _, sample := range merged.Sample {
			found[sample.Location[0].Line[0].Function.Name] += sample.Value[0]
		}
		var wrong []string
		for n := range all {
			name := fmt.Sprintf("number.%d", n)
			if found[name] != 1 {
				wrong = append(wrong, fmt.Sprintf("%s: %d times; %s", name, found[name], proxy.said(name)))
			}
			delete(found, name)
		}
		if len(wrong)+len(found) > 0 {
			return fmt.Errorf("%d of %d are not there once: %.500s; %d others", len(wrong), all, strings.Join(wrong, ", "), len(found))
		}
		return nil
	})
}
