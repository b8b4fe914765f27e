package e2e

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

// lonePod takes a name and the last part of its address.
const lonePod = `
apiVersion: v1
kind: Pod
metadata: { name: %s, namespace: shop }
spec: { nodeName: n1, containers: [ { name: app, image: "app:1", ports: [ { containerPort: 8080, protocol: TCP } ] } ] }
status: { phase: Running, podIP: 10.1.9.%[2]d, podIPs: [ { ip: 10.1.9.%[2]d } ] }
`

// TestKubernetesHang puts a network between Stoker and the API server that
// suddenly swallows everything and closes nothing: within 45 s the component
// says so, its targets stay, and within 30 s of the end it is up to date.
func TestKubernetesHang(t *testing.T) {
	t.Parallel()
	kube, token := cluster(t)
	kube.Apply(t, read(t, "../deploy/rbac-all-roles.yaml"))
	kube.Apply(t, objects)
	wires := map[string]*harness.Wire{
		"http":  harness.StartWire(t, kube.Proxy(t, harness.Plain).Address()),
		"https": harness.StartWire(t, kube.Address()),
	}
	stokers := map[string]*harness.Stoker{}
	for scheme, wire := range wires {
		stokers[scheme] = harness.StartStoker(t, discover(kube.Behind(scheme+"://"+wire.Address), token,
			map[string]string{"pod": "role = pod", "endpoints": "role = endpoints"}))
	}
	each := func(limit time.Duration, what string, check func(stoker *harness.Stoker) error) {
		t.Helper()
		began := time.Now()
		for scheme, stoker := range stokers {
			harness.Eventually(t, limit-time.Since(began), scheme+": "+what, func() error { return check(stoker) })
			t.Logf("%s: %s: %.1f s", scheme, what, time.Since(began).Seconds())
		}
	}
	both := func(check func(harness.Component) error) func(*harness.Stoker) error {
		return func(stoker *harness.Stoker) error {
			components := stoker.Components(t)
			return errors.Join(check(components["discovery.kubernetes.pod"]), check(components["discovery.kubernetes.endpoints"]))
		}
	}
	each(10*time.Second, "both roles found", func(stoker *harness.Stoker) error {
		return errors.Join(has(found(t, stoker, "pod"), "10.1.0.7:8080"), has(found(t, stoker, "endpoints"), "10.1.0.8:8080"))
	})

	for _, wire := range wires {
		wire.Swallow()
	}
	each(45*time.Second, "both roles unhealthy", both(func(c harness.Component) error { return unhealthy(c, silent) }))
	for scheme, stoker := range stokers {
		t.Logf("%s: %s", scheme, stoker.Components(t)["discovery.kubernetes.pod"].Message)
		if err := has(found(t, stoker, "pod"), "10.1.0.7:8080"); err != nil {
			t.Errorf("%s: while it hangs: %v", scheme, err)
		}
	}
	kube.Apply(t, fmt.Sprintf(lonePod, "unseen", 1))
	time.Sleep(10 * time.Second) // tries that hang too, as the first ones did

	for _, wire := range wires {
		wire.Release()
	}
	each(30*time.Second, "healthy, with the pod of the silence", func(stoker *harness.Stoker) error {
		return errors.Join(has(found(t, stoker, "pod"), "10.1.9.1:8080"), both(healthy)(stoker))
	})
	kube.Apply(t, fmt.Sprintf(lonePod, "after", 2))
	each(seen, "a pod after it", func(stoker *harness.Stoker) error { return has(found(t, stoker, "pod"), "10.1.9.2:8080") })
	for _, stoker := range stokers {
		checkLog(t, stoker, silent, "pod", "endpoints")
	}
}

// silent is how an API server that says nothing may be called.
var silent = regexp.MustCompile(`(?i)no answer|not answer|silent|silence|time-out|timed out|nothing|hangs`)

// TestKubernetesQuiet: a watch in which nothing happens is left alone. One
// list, no further connection, no word about it; and it still works.
func TestKubernetesQuiet(t *testing.T) {
	t.Parallel()
	quiet := lasting(t, "STOKER_E2E_QUIET", 70*time.Second)
	kube, token := cluster(t)
	kube.Apply(t, read(t, "../deploy/rbac-all-roles.yaml"))
	kube.Apply(t, objects)
	proxy := kube.Proxy(t, harness.TLS2)
	stoker := harness.StartStoker(t, discover(kube.Behind(proxy.URL), token,
		map[string]string{"pod": "role = pod, attach_metadata { node = true }"}))
	harness.Eventually(t, 10*time.Second, "pods", func() error { return has(found(t, stoker, "pod"), "10.1.0.7:8080") })
	time.Sleep(3 * time.Second) // the watches begin
	opened := proxy.Opened()
	for end := time.Now().Add(quiet); time.Now().Before(end); time.Sleep(2 * time.Second) {
		if err := healthy(stoker.Components(t)["discovery.kubernetes.pod"]); err != nil {
			t.Fatalf("in the quiet: %v", err)
		}
	}
	asked := map[string]int{}
	for _, one := range proxy.Asked() {
		asked[one.Verb+" "+one.Kind]++
	}
	t.Logf("%s of quiet: %v on %d connections", quiet, asked, proxy.Opened())
	if asked["list pods"] != 1 || asked["list nodes"] != 1 {
		t.Errorf("listed more than once: %v", asked)
	}
	if now := proxy.Opened(); now != opened {
		t.Errorf("%d connections before the quiet, %d after it", opened, now)
	}
	if log := stoker.Log(); strings.Contains(log, "discovery failed") {
		t.Errorf("the quiet is reported as a failure:\n%s", log)
	}
	kube.Apply(t, fmt.Sprintf(lonePod, "late", 9))
	harness.Eventually(t, seen, "a new pod", func() error { return has(found(t, stoker, "pod"), "10.1.9.9:8080") })
}

// lasting reads a duration from the environment.
func lasting(t *testing.T, name string, usual time.Duration) time.Duration {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

func has(targets map[string]map[string]string, address string) error {
	if targets[address] == nil {
		return fmt.Errorf("no %s in %v", address, slices.Sorted(maps.Keys(targets)))
	}
	return nil
}

func healthy(c harness.Component) error {
	if c.Health != "healthy" {
		return fmt.Errorf("%+v", c)
	}
	return nil
}

// unhealthy with a message that says what is true.
func unhealthy(c harness.Component, words *regexp.Regexp) error {
	if c.Health != "unhealthy" || !words.MatchString(c.Message) {
		return fmt.Errorf("%+v does not say %s", c, words)
	}
	return nil
}

// checkLog wants one line for the failure, with the words, and one for its end, of each component.
func checkLog(t *testing.T, stoker *harness.Stoker, words *regexp.Regexp, components ...string) {
	t.Helper()
	log := stoker.Log()
	for _, name := range components {
		down, up := 0, 0
		for line := range strings.Lines(log) {
			if !strings.Contains(line, "discovery.kubernetes."+name) {
				continue
			}
			if strings.Contains(line, "discovery failed") {
				down++
				if !words.MatchString(line) {
					t.Errorf("%s does not say %s", line, words)
				}
			}
			if strings.Contains(line, "discovery works again") {
				up++
			}
		}
		if down != 1 || up != 1 {
			t.Errorf("%s: %d lines for down and %d for up, want one each:\n%s", name, down, up, log)
		}
	}
}
