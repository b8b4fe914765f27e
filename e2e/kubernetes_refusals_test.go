package e2e

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.stoker/e2e/harness"
)

var (
	tooMany      = regexp.MustCompile(`\b429\b`)
	unauthorized = regexp.MustCompile(`\b401\b`)
	// untrue of a server that has answered.
	untrue = regexp.MustCompile(`(?i)not answer|no answer|refuses the connection|time-out|timed out`)
)

// TestKubernetesRefusals is about a proxy in front of the API server that
// refuses: 429 with Retry-After from the start, and again in the middle of a
// watch, and 401 at the reconnect of a watch until the token's file is another
// one. What log and status say is true, and 30 s after its end all is well.
func TestKubernetesRefusals(t *testing.T) {
	t.Parallel()
	kube, shared := cluster(t)
	kube.Apply(t, objects)
	for i, transport := range []harness.Transport{harness.Plain, harness.TLS1, harness.TLS2} {
		t.Run(string(transport), func(t *testing.T) {
			token := copyOf(t, shared)
			proxy := kube.Proxy(t, transport)
			busy := func(*http.Request) *harness.Refusal {
				return &harness.Refusal{Status: 429, RetryAfter: "4", Reason: "TooManyRequests"}
			}
			proxy.Refuse(busy)
			stoker := harness.StartStoker(t, discover(kube.Behind(proxy.URL), token, map[string]string{"pod": "role = pod"}))
			component := func() harness.Component { return stoker.Components(t)["discovery.kubernetes.pod"] }
			says := func(words *regexp.Regexp) func() error {
				return func() error {
					c := component()
					if untrue.MatchString(c.Message) {
						return fmt.Errorf("not true: %s", c.Message)
					}
					return unhealthy(c, words)
				}
			}
			recovers := func(what, address string) {
				t.Helper()
				began := time.Now()
				harness.Eventually(t, 30*time.Second, what+": recovery", func() error {
					if err := has(found(t, stoker, "pod"), address); err != nil {
						return err
					}
					return healthy(component())
				})
				t.Logf("%s: well again after %.1f s", what, time.Since(began).Seconds())
			}

			harness.Eventually(t, 10*time.Second, "429 at the start", says(tooMany))
			t.Logf("429: %s", component().Message)
			proxy.Refuse(nil)
			recovers("429 at the start", "10.1.0.7:8080")

			began := time.Now()
			proxy.Refuse(busy)
			proxy.Cut()
			harness.Eventually(t, 15*time.Second, "429 at the reconnect", says(tooMany))
			pod := func(n int, name string) string {
				kube.Apply(t, fmt.Sprintf(lonePod, name+"-"+strings.ReplaceAll(string(transport), "/", "-"), 10*(i+1)+n))
				return fmt.Sprintf("10.1.9.%d:8080", 10*(i+1)+n)
			}
			during := pod(1, "busy")
			time.Sleep(10 * time.Second) // some Retry-After
			if err := says(tooMany)(); err != nil {
				t.Errorf("429 goes on: %v", err)
			}
			checkRetryAfter(t, proxy.Asked(), began, 4*time.Second)
			proxy.Refuse(nil)
			recovers("429 at the reconnect", during)

			old, err := os.ReadFile(token)
			if err != nil {
				t.Fatal(err)
			}
			proxy.Refuse(func(r *http.Request) *harness.Refusal {
				if r.Header.Get("Authorization") == "Bearer "+string(old) {
					return &harness.Refusal{Status: 401, Reason: "Unauthorized"}
				}
				return nil
			})
			proxy.Cut()
			harness.Eventually(t, 15*time.Second, "401 at the reconnect", says(unauthorized))
			t.Logf("401: %s", component().Message)
			during = pod(2, "expired")
			time.Sleep(5 * time.Second) // goes on
			if err := says(unauthorized)(); err != nil {
				t.Errorf("401 goes on: %v", err)
			}
			// As the kubelet does: the path is another file at once.
			fresh := kube.Token(t, "stoker", "stoker")
			if err := os.Rename(copyOf(t, fresh), token); err != nil {
				t.Fatal(err)
			}
			recovers("401, and another token", during)
			checkWords(t, stoker.Log(), tooMany, tooMany, unauthorized)
		})
	}
}

func copyOf(t *testing.T, file string) string {
	t.Helper()
	to := t.TempDir() + "/token"
	if err := os.WriteFile(to, []byte(read(t, file)), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// checkRetryAfter wants no request sooner after a 429 than that asked for.
func checkRetryAfter(t *testing.T, asked []harness.Asked, since time.Time, after time.Duration) {
	t.Helper()
	var times []time.Time
	for _, one := range asked {
		if one.At.After(since) && one.Refused == http.StatusTooManyRequests {
			times = append(times, one.At)
		}
	}
	if len(times) < 2 {
		t.Errorf("%d requests were refused, want some", len(times))
	}
	for i := 1; i < len(times); i++ {
		if gap := times[i].Sub(times[i-1]); gap < after-100*time.Millisecond {
			t.Errorf("asked again %s after a 429 with Retry-After: %s", gap.Round(time.Millisecond), after)
		}
	}
}

// checkWords wants one line for each failure, in this order, and one for its end.
func checkWords(t *testing.T, log string, failures ...*regexp.Regexp) {
	t.Helper()
	var down []string
	up := 0
	for line := range strings.Lines(log) {
		switch {
		case strings.Contains(line, "discovery failed"):
			down = append(down, line)
		case strings.Contains(line, "discovery works again"):
			up++
		}
	}
	matches := slices.EqualFunc(down, failures, func(line string, words *regexp.Regexp) bool {
		return words.MatchString(line) && !untrue.MatchString(line)
	})
	if !matches || up != len(failures) {
		t.Errorf("%d lines of a failure, %d of its end, want %d each, which name it:\n%s", len(down), up, len(failures), log)
	}
}
