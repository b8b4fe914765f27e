package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var javaVersion = regexp.MustCompile(`(?m)^JAVA_VERSION="?(\d+)`)

// JDK finds the home of a JDK of a feature release: STOKER_E2E_JDK17 and the
// like name it, otherwise the folders in which distributions install them are
// asked. "" means that there is none.
func JDK(t *testing.T, feature string) string {
	t.Helper()
	name := "STOKER_E2E_JDK" + feature
	if home := os.Getenv(name); home != "" {
		return filepath.Dir(filepath.Dir(mustExist(t, filepath.Join(home, "bin", "javac"), name+" has to name a JDK's folder")))
	}
	for _, pattern := range []string{os.Getenv("JAVA_HOME"), "/usr/lib/jvm/*", "/opt/java/*", "/opt/jdk*"} {
		homes, _ := filepath.Glob(pattern)
		for _, home := range homes {
			release, _ := os.ReadFile(filepath.Join(home, "release"))
			version := javaVersion.FindSubmatch(release)
			if _, err := os.Stat(filepath.Join(home, "bin", "javac")); err == nil && version != nil && string(version[1]) == feature {
				return home
			}
		}
	}
	return ""
}

// Truth is what apps/jvmtruth says about itself: totals since it started.
type Truth struct {
	CPU          map[string]int64 `json:"cpu_nanos"`
	Allocated    map[string]int64 `json:"alloc_bytes"`
	MonitorWaits int64            `json:"monitor_waits"`
	MonitorNanos int64            `json:"monitor_nanos"`
	Parks        int64            `json:"parks"`
	ParkNanos    int64            `json:"park_nanos"`
}

// Times is a part of it, as if all had gone on evenly.
func (truth Truth) Times(part float64) Truth {
	times := func(n int64) int64 { return int64(part * float64(n)) }
	all := func(parts map[string]int64) map[string]int64 {
		scaled := map[string]int64{}
		for name, n := range parts {
			scaled[name] = times(n)
		}
		return scaled
	}
	return Truth{all(truth.CPU), all(truth.Allocated), times(truth.MonitorWaits), times(truth.MonitorNanos), times(truth.Parks), times(truth.ParkNanos)}
}

// JVM is the program under apps/jvmtruth. It starts at rest.
type JVM struct {
	Home    string
	Address string
	proc    *Process
}

// StartJVM runs the program on a JDK, with further arguments such as agents.
func StartJVM(t *testing.T, home string, args ...string) *JVM {
	t.Helper()
	return startHost(t, home, jvmHost{classes: compileTruth(t), main: "truth.JvmTruth", options: args})
}

// readyLimit is for a Spring Boot on a busy machine.
const readyLimit = time.Minute

// jvmHost is what runs the program, which gets its port as the first argument.
type jvmHost struct {
	classes string
	main    string
	options []string
	args    []string
}

// startHost takes a small young generation, so that threads' allocation
// buffers are small, and a sample stands for a small part of what the test
// adds up.
func startHost(t *testing.T, home string, host jvmHost) *JVM {
	t.Helper()
	j := &JVM{Home: home, Address: fmt.Sprintf("127.0.0.1:%d", FreePort(t))}
	_, port, _ := strings.Cut(j.Address, ":")
	// Allocation is sampled once a buffer: of this size it is some 130 times a second, half of what passes the throttle.
	// Buffers that the JVM sizes itself left so few samples that a method was up to 17 % off after 25 s.
	argv := append([]string{filepath.Join(home, "bin", "java"), "-XX:+UseSerialGC", "-Xmx128m", "-Xmn8m", "-XX:TLABSize=128k", "-XX:-ResizeTLAB"}, host.options...)
	argv = append(argv, "-cp", host.classes, host.main, port)
	j.proc = Start(t, "jvmtruth", t.TempDir(), nil, append(argv, host.args...)...)
	awaitReady(t, j.proc, "http://"+j.Address+"/truth", readyLimit)
	return j
}

// AgentJar is stoker-agent.jar, fresh.
func AgentJar(t *testing.T) string {
	t.Helper()
	buildStoker(t)
	jar, err := filepath.Abs(filepath.Join("..", "agent", "target", "stoker-agent.jar"))
	if err != nil {
		t.Fatal(err)
	}
	return mustExist(t, jar, "./stoker builds it")
}

// StartJVMWithAgent is StartJVM with Stoker's agent; its address is returned.
func StartJVMWithAgent(t *testing.T, home string) (jvm *JVM, agent string) {
	t.Helper()
	jar := AgentJar(t)
	agent = fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	_, port, _ := strings.Cut(agent, ":")
	return StartJVM(t, home, "-javaagent:"+jar+"=port="+port), agent
}

// StartJVMWithJolokia is StartJVM with Jolokia's agent, without a password.
func StartJVMWithJolokia(t *testing.T, home string) (jvm *JVM, agent string) {
	t.Helper()
	agent = fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	_, port, _ := strings.Cut(agent, ":")
	jvm = StartJVM(t, home, "-javaagent:"+jolokiaJar(t)+"=host=127.0.0.1,discoveryEnabled=false,port="+port)
	awaitReady(t, jvm.proc, "http://"+agent+"/jolokia/version", 20*time.Second)
	return jvm, agent
}

func jolokiaJar(t *testing.T) string {
	t.Helper()
	return fromMaven(t, "org.jolokia", "jolokia-agent-jvm", "2.6.0", "javaagent")
}

// PID is the process.
func (j *JVM) PID() int { return j.proc.cmd.Process.Pid }

// Log is what the program, and what was loaded into it, has printed.
func (j *JVM) Log() string { return j.proc.Log() }

// Truth is what the program has counted so far.
func (j *JVM) Truth(t *testing.T) Truth { return j.ask(t, "/truth") }

// Resume makes it work.
func (j *JVM) Resume(t *testing.T) Truth { return j.ask(t, "/resume") }

// Pause brings it to rest; the totals are final when this returns.
func (j *JVM) Pause(t *testing.T) Truth { return j.ask(t, "/pause") }

func (j *JVM) ask(t *testing.T, path string) (truth Truth) {
	t.Helper()
	b, err := Get("http://" + j.Address + path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return truth
}

// The classes are compiled once, by JDK 17, and run on every JDK.
var (
	truthOnce    sync.Once
	truthClasses string
	truthErr     error
)

func compileTruth(t *testing.T) string {
	t.Helper()
	home := JDK(t, "17")
	if home == "" {
		t.Fatal("no JDK 17: install one (Debian: openjdk-17-jdk-headless) or name its folder in STOKER_E2E_JDK17")
	}
	truthOnce.Do(func() {
		truthClasses, truthErr = filepath.Abs(filepath.Join(".build", "jvmtruth"))
		if truthErr != nil {
			return
		}
		truthErr = javac(home, truthClasses, "", filepath.Join("apps", "jvmtruth", "JvmTruth.java"))
	})
	if truthErr != nil {
		t.Fatal(truthErr)
	}
	return truthClasses
}

func javac(home, folder, classPath string, files ...string) error {
	argv := append([]string{"-Xlint:all,-processing,-classfile", "-Werror", "-proc:none", "--release", "17",
		"-d", folder, "-cp", classPath}, files...)
	out, err := exec.Command(filepath.Join(home, "bin", "javac"), argv...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%v\n%s", err, out)
	}
	return nil
}
