package harness

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// StartJVMWithBoot runs the program in a Spring Boot application whose
// actuator shows thread dumps. The address is the application's.
func StartJVMWithBoot(version string) func(t *testing.T, home string) (jvm *JVM, address string) {
	return func(t *testing.T, home string) (*JVM, string) {
		t.Helper()
		pom := filepath.Join("apps", "boot", "pom.xml")
		return startBoot(t, home, classPath(t, pom, version), version, "threaddump")
	}
}

// StartJVMWithFlightRecorder runs the program in Spring Boot 2.7 with the
// flight-recorder starter.
func StartJVMWithFlightRecorder(t *testing.T, home string) (jvm *JVM, address string) {
	t.Helper()
	pom := filepath.Join("jvm", "boot27", "pom.xml")
	return startBoot(t, home, classPath(t, pom, ""), "2.7", "flightrecorder", "--flightrecorder.enabled=true")
}

func startBoot(t *testing.T, home, libraries, version, endpoint string, args ...string) (*JVM, string) {
	t.Helper()
	port := FreePort(t)
	jvm := startHost(t, home, jvmHost{
		classes: compileHost(t, "boot-"+version, libraries, filepath.Join("apps", "boot", "BootHost.java")),
		main:    "truth.BootHost",
		options: []string{"-Xmx256m"},
		args: append([]string{fmt.Sprint("--server.port=", port), "--server.address=127.0.0.1",
			"--management.endpoints.web.exposure.include=" + endpoint}, args...),
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	awaitReady(t, jvm.proc, "http://"+address+"/actuator/"+endpoint, readyLimit)
	return jvm, address
}

// StartJVMWithProf runs the program beside the servlet of Hadoop and HBase as
// the Java tests have it, with async-profiler itself.
func StartJVMWithProf(t *testing.T, home string) (jvm *JVM, address string) {
	t.Helper()
	library := fromMaven(t, "tools.profiler", "async-profiler", "4.6", "")
	port := FreePort(t)
	jvm = startHost(t, home, jvmHost{
		classes: compileHost(t, "prof", library, filepath.Join("apps", "prof", "ProfHost.java"),
			filepath.Join("..", "collector", "src", "test", "java", "dev", "stoker", "scrape", "loop", "ProfServer.java")),
		main: "truth.ProfHost",
		args: []string{fmt.Sprint(port)},
	})
	return jvm, fmt.Sprintf("127.0.0.1:%d", port)
}

// StartJVMWithOtlp runs the program with async-profiler in it, which writes OTLP into the file when the program ends.
func StartJVMWithOtlp(t *testing.T, home, file string) *JVM {
	t.Helper()
	jar, err := zip.OpenReader(fromMaven(t, "tools.profiler", "async-profiler", "4.6", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer jar.Close()
	platform := map[string]string{"linux/amd64": "linux-x64", "linux/arm64": "linux-arm64", "darwin/amd64": "macos", "darwin/arm64": "macos"}
	native, err := fs.ReadFile(jar, platform[runtime.GOOS+"/"+runtime.GOARCH]+"/libasyncProfiler.so")
	if err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(t.TempDir(), "libasyncProfiler.so")
	if err := os.WriteFile(library, native, 0o755); err != nil {
		t.Fatal(err)
	}
	return StartJVM(t, home, "-agentpath:"+library+"=start,event=cpu,interval=1ms,otlp,file="+file)
}

// Stop ends the program in order.
func (j *JVM) Stop(t *testing.T) {
	t.Helper()
	if err := j.proc.Terminate(20 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// compileHost returns the class path that the host runs with.
func compileHost(t *testing.T, name, libraries string, files ...string) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(".build", name))
	if err != nil {
		t.Fatal(err)
	}
	path := compileTruth(t) + string(os.PathListSeparator) + libraries
	if err := javac(JDK(t, "17"), folder, path, files...); err != nil {
		t.Fatal(err)
	}
	return folder + string(os.PathListSeparator) + path
}

// classPath is what a pom asks for, found once for each of its versions.
func classPath(t *testing.T, pom, version string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join(".build", filepath.Base(filepath.Dir(pom))+version+".cp"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := os.Stat(file)
	if source, sourceErr := os.Stat(pom); err != nil || sourceErr != nil || made.ModTime().Before(source.ModTime()) {
		argv := []string{"-f", pom, "dependency:build-classpath", "-Dmdep.outputFile=" + file}
		if version != "" {
			argv = append(argv, "-Dboot.version="+version)
		}
		maven(t, argv...)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// fromMaven is a jar in Maven's repository, or is fetched into it once.
func fromMaven(t *testing.T, group, name, version, classifier string) string {
	t.Helper()
	user, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(user, ".m2", "repository", filepath.Join(strings.Split(group, ".")...), name, version)
	file, artifact := name+"-"+version, group+":"+name+":"+version+":jar"
	if classifier != "" {
		file, artifact = file+"-"+classifier, artifact+":"+classifier
	}
	jar := filepath.Join(folder, file+".jar")
	if _, err := os.Stat(jar); err != nil {
		maven(t, "-f", filepath.Join("..", "pom.xml"), "-N", "dependency:get", "-Dtransitive=false", "-Dartifact="+artifact)
	}
	return mustExist(t, jar, "mvnw dependency:get has not put it there")
}

func maven(t *testing.T, argv ...string) {
	t.Helper()
	command := exec.Command(filepath.Join("..", "mvnw"), append([]string{"-q", "-B", "-ntp"}, argv...)...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
}
