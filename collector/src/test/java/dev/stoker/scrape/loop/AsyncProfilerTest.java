package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.profile.Profile;
import dev.stoker.scrape.source.prof.ProfScraper;
import dev.stoker.scrape.target.Source;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import one.profiler.AsyncProfiler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** async-profiler itself, in another JVM whose CPU is split 70, 20, 10. */
@EnabledOnOs(OS.LINUX)
class AsyncProfilerTest {
  private static final int PERIOD = 1_000_000;
  private static Process process;
  private static String address = "";

  @BeforeAll
  static void start() throws IOException, URISyntaxException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                place(ProfServer.class) + File.pathSeparator + place(AsyncProfiler.class),
                ProfServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String port = out.readLine();
    assertThat(port).as("the program's first line").matches("[0-9]+");
    address = "127.0.0.1:" + port;
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @AfterAll
  static void stop() {
    process.destroyForcibly();
  }

  @Test
  void recording_ofAServletThatAnswersLater() {
    check(new Source.Prof("/prof", "ctimer", "jfr", PERIOD), "process_cpu");
  }

  @Test
  void collapsedStacks_answeredAtOnce() {
    check(new Source.Prof("/profiler/profile", "itimer", "collapsed", PERIOD), "process_cpu");
  }

  @Test
  void wallClock_seesThreadsThatWait() {
    Source.Prof source = new Source.Prof("/prof", "wall", "jfr", 10_000_000);
    try (ScrapeHarness harness = scrape(source)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> nanos(wall(harness), "java/lang/ref/ReferenceQueue.remove") > 0);
      assertThat(nanos(wall(harness), "seventy")).isPositive();
    }
  }

  /** The running threads of a wall clock recording are CPU besides. */
  private static List<Profile> wall(ScrapeHarness harness) {
    return harness.appended.stream()
        .filter(profile -> profile.labels().get("__name__").equals("wall"))
        .toList();
  }

  /** At least a thousand samples, of which each function has its share. */
  private static void check(Source.Prof source, String name) {
    try (ScrapeHarness harness = scrape(source)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> nanos(harness.appended, "main") >= 1_000L * PERIOD);
      assertThat(harness.appended)
          .allMatch(profile -> profile.labels().get("__name__").equals(name));
      double all = nanos(harness.appended, "main");
      assertThat(nanos(harness.appended, "seventy") / all).isCloseTo(0.7, within(0.05));
      assertThat(nanos(harness.appended, "twenty") / all).isCloseTo(0.2, within(0.05));
      assertThat(nanos(harness.appended, "ten") / all).isCloseTo(0.1, within(0.05));
    }
  }

  private static ScrapeHarness scrape(Source.Prof source) {
    return new ScrapeHarness(
        Configs.source(source, Duration.ofSeconds(3)),
        (http, timers, cpu) -> new ProfScraper(http, timers),
        Labels.of("__address__", address, "service_name", "prof"));
  }

  /** What the samples with one of the program's functions, or with this one, amount to. */
  private static long nanos(List<Profile> profiles, String function) {
    String full =
        function.contains(".") ? function : "dev/stoker/scrape/loop/ProfServer." + function;
    return profiles.stream().mapToLong(profile -> nanos(profile.body(), full)).sum();
  }

  private static long nanos(byte[] body, String function) {
    try {
      Pprof.Profile profile = Pprof.Profile.parseFrom(Gzip.inflate(body, 64 << 20));
      return profile.getSampleList().stream()
          .filter(
              sample ->
                  sample.getLocationIdList().stream()
                      .map(id -> profile.getLocation((int) (id - 1)).getLine(0).getFunctionId())
                      .map(id -> profile.getFunction((int) (id - 1)).getName())
                      .anyMatch(text -> profile.getStringTable((int) (long) text).equals(function)))
          .mapToLong(sample -> sample.getValue(0))
          .sum();
    } catch (Exception broken) {
      throw new IllegalStateException(broken);
    }
  }
}
