package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outside input in a process with the launcher's small stacks. */
class SmallStackTest {
  @TempDir Path folder;

  private record Run(int exit, String output) {}

  private Run stoker(String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xss256k",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.stoker.app.Main"));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
  }

  private static String words(int count, String end) {
    return IntStream.range(0, count).mapToObj(i -> "w" + i + end).collect(Collectors.joining("|"));
  }

  @Test
  void longAlternations_areMatchedByTargets() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("a.conf"),
            "discovery.relabel.r { targets = [ {\"__address__\" = \"127.0.0.1:1\", ns = \"w4999\"} ]\n"
                + " rules = [ {source_labels = [ns], action = keep, regex = \""
                + words(5_000, "")
                + "\"}, {source_labels = [ns], action = drop, regex = \""
                + words(1_500, "\\\\d*")
                + "\"} ] }\n"
                + "pyroscope.scrape.s { targets = discovery.relabel.r.output,"
                + " forward_to = [pyroscope.write.w.receiver] }\n"
                + "pyroscope.write.w { endpoint { url = \"http://127.0.0.1:1\" } }\n");

    Run run = stoker("targets", config.toString());
    assertThat(run.output()).doesNotContain("StackOverflow").contains("0 active", "saw \"w4999\"");
    assertThat(run.exit()).isZero();
  }

  @Test
  void deepJson_isMalformed() throws Exception {
    Path rules = Files.writeString(folder.resolve("r.conf"), "rules = []\n");
    Path labels =
        Files.writeString(folder.resolve("l.json"), "{\"a\":".repeat(900) + "1" + "}".repeat(900));

    Run run = stoker("relabel", "--rules", rules.toString(), "--labels", labels.toString());
    assertThat(run.output()).doesNotContain("StackOverflow").contains("is no JSON object of texts");
    assertThat(run.exit()).isOne();
  }
}
