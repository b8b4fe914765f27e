package dev.stoker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import one.jfr.JfrReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong in premain: one line, and the application goes on. In a JVM of its own. */
class PremainTest {
  @TempDir Path folder;

  /** What the agent is put into. */
  static final class Application {
    private Application() {}

    public static void main(String[] args) {
      System.out.println("the application runs");
    }
  }

  @Test
  void allIsWell() throws Exception {
    assertThat(run("port=0", List.of())).startsWith("stoker-agent answers /debug/pprof/ on 127");
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23, disabledReason = "later ones have no security manager")
  void aSecurityManagerForbidsIt() throws Exception {
    assertThat(run("port=6060", List.of("-Djava.security.manager")))
        .startsWith("stoker-agent does not run: this JVM's security manager forbids it: ");
  }

  @Test
  void thePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(run("port=" + taken.getLocalPort(), List.of()))
          .startsWith("stoker-agent cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void theHostIsUnknown() throws Exception {
    assertThat(run("port=0,host=nowhere.invalid", List.of()))
        .startsWith("stoker-agent cannot listen on nowhere.invalid:0");
  }

  @Test
  void anOptionIsWrong() throws Exception {
    assertThat(run("prot=0", List.of())).startsWith("stoker-agent does not run: \"prot\"");
  }

  @Test
  void aModuleIsMissing() throws Exception {
    assertThat(run("port=0", List.of("--limit-modules", "java.base,java.instrument")))
        .isEqualTo("stoker-agent does not run: this Java runtime lacks the module jdk.jfr");
    assertThat(run("port=0", List.of("--limit-modules", "java.instrument,jdk.jfr")))
        .isEqualTo("stoker-agent does not run: this Java runtime lacks the module java.management");
  }

  /** What the agent says. */
  private String run(String options, List<String> flags) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-javaagent:" + jar() + "=" + options));
    command.addAll(flags);
    command.addAll(List.of("-cp", classes(Application.class), Application.class.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(Files.readString(out)).isEqualTo("the application runs\n");
    assertThat(process.exitValue()).isZero();
    List<String> said =
        Files.readAllLines(err).stream().filter(line -> !line.startsWith("WARNING")).toList();
    assertThat(said).hasSize(1);
    return said.get(0);
  }

  /** As the build makes it, but for the renamed reader. */
  private Path jar() throws IOException {
    Path jar = folder.resolve("stoker-agent.jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(new Attributes.Name("Premain-Class"), StokerAgent.class.getName());
    main.put(Attributes.Name.CLASS_PATH, "file:" + classes(JfrReader.class));
    Path root = Path.of(classes(StokerAgent.class));
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file, manifest);
        Stream<Path> classes = Files.walk(root.resolve("dev/stoker"))) {
      for (Path path : classes.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(root.relativize(path).toString()));
        entries.write(Files.readAllBytes(path));
      }
    }
    return jar;
  }

  private static String classes(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }
}
