package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.profile.Profile;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.source.threaddump.ThreadDumpScraper;
import dev.stoker.scrape.target.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A URL that answers with thread dumps: those of this JVM, and what goes wrong with them. */
class ThreadDumpSourceTest {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private final AtomicInteger dumps = new AtomicInteger();

  @Test
  void dumps_becomeOneWallProfileAnInterval() throws Exception {
    Source.ThreadDump source = new Source.ThreadDump("/threaddump", 5, 50, true);
    try (FakeTarget target = new FakeTarget(this::dump);
        ScrapeHarness harness = scrape(target, source)) {
      await().until(() -> harness.appended.size() >= 2);
      Profile appended = harness.appended.get(1);
      Pprof.Profile profile = parse(appended);

      assertThat(appended.labels().get("__name__")).isEqualTo("wall");
      assertThat(appended.labels().get("service_name")).isEqualTo("jvm");
      assertThat(profile.getStringTable((int) profile.getSampleType(0).getType()))
          .isEqualTo("wall");
      assertThat(profile.getPeriod()).isEqualTo(INTERVAL.toNanos() / 5);
      assertThat(profile.getDurationNanos()).isEqualTo(INTERVAL.toNanos());
      assertThat(nanosOf(profile, "[Reference Handler]"))
          .as("a thread that was there all the time")
          .isEqualTo(INTERVAL.toNanos());
      await().until(() -> harness.view(target.address()).status().health() == Health.UP);
      assertThat(harness.budget.used()).isLessThan(1 << 20);
    }
  }

  @Test
  void slowEndpoint_isLeftAlone_andSaysWhy() throws Exception {
    Source.ThreadDump source = new Source.ThreadDump("/threaddump", 10, 1, false);
    try (FakeTarget target =
            new FakeTarget(
                (path, out) -> {
                  // The endpoint's own time, of which 1 % is 10 s.
                  new CompletableFuture<Void>()
                      .completeOnTimeout(null, 100, TimeUnit.MILLISECONDS)
                      .join();
                  dump(path, out);
                });
        ScrapeHarness harness = scrape(target, source)) {
      await().until(() -> harness.view(target.address()).status().health() == Health.BUSY);
      assertThat(harness.appended).as("of the dump there was").hasSize(1);
      assertThat(parse(harness.appended.get(0)).getDurationNanos()).isEqualTo(INTERVAL.toNanos());
      await().until(() -> harness.view(target.address()).status().counts().scrapes() >= 4);
      assertThat(dumps).as("for ten seconds").hasValue(1);
      assertThat(harness.view(target.address()).status().lastError())
          .contains("the endpoint is slow: asked again in")
          .contains("max_time_percent is 1");
      assertThat(harness.view(target.address()).status().counts().failures()).isZero();
    }
  }

  @Test
  void endpointThatIsNone_isDown_afterOneRequestATick() throws Exception {
    Source.ThreadDump source = new Source.ThreadDump("/threaddump", 10, 50, false);
    byte[] page = "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
    try (FakeTarget target = new FakeTarget(FakeTarget.http("200 OK", "", page));
        ScrapeHarness harness = scrape(target, source)) {
      await().until(() -> harness.view(target.address()).status().counts().failures() >= 2);
      assertThat(harness.view(target.address()).status().lastError())
          .contains("HTML instead of a JSON thread dump");
      assertThat((long) target.requests())
          .isLessThanOrEqualTo(harness.view(target.address()).status().counts().failures() + 1);
      assertThat(harness.appended).isEmpty();
    }
    try (FakeTarget target = new FakeTarget(FakeTarget.http("404 Not Found", "", new byte[0]));
        ScrapeHarness harness = scrape(target, source)) {
      await().until(() -> harness.view(target.address()).status().health() == Health.DOWN);
      assertThat(harness.view(target.address()).status().lastError())
          .contains("set source_config.path");
    }
  }

  @Test
  void failureInBetween_leavesWhatWasTaken() throws Exception {
    Source.ThreadDump source = new Source.ThreadDump("/threaddump", 10, 50, true);
    try (FakeTarget target =
            new FakeTarget(
                (path, out) -> {
                  if (dumps.get() < 3) {
                    dump(path, out);
                  } else {
                    FakeTarget.http("503 Service Unavailable", "", new byte[0]).write(path, out);
                  }
                });
        ScrapeHarness harness = scrape(target, source)) {
      await().until(() -> harness.appended.size() == 1);
      Pprof.Profile profile = parse(harness.appended.get(0));
      assertThat(profile.getDurationNanos())
          .isBetween(3 * INTERVAL.toNanos() / 10, INTERVAL.toNanos());
      assertThat(nanosOf(profile, "[Reference Handler]")).isEqualTo(profile.getDurationNanos());
      await().until(() -> harness.view(target.address()).status().health() == Health.DOWN);
      assertThat(harness.view(target.address()).status().lastError()).contains("503");
    }
  }

  @Test
  void stop_endsAWindowThatRuns() throws Exception {
    Source.ThreadDump source = new Source.ThreadDump("/threaddump", 2, 50, false);
    try (FakeTarget target = new FakeTarget(this::dump);
        ScrapeHarness harness =
            new ScrapeHarness(
                Configs.source(source, Duration.ofMinutes(10)),
                (http, timers, cpu) ->
                    new ThreadDumpScraper(
                        source,
                        new ThreadDumpScraper.Tools(
                            http, timers, cpu, new BaselineBudget(64L << 20))),
                Labels.of("__address__", target.address(), "__scrape_interval__", "1s"))) {
      await().until(() -> dumps.get() >= 1);
      harness.stop(true);
      // A body that is being read on the pool is given back after it.
      await().until(() -> harness.budget.used() == 0);
    }
  }

  private void dump(String path, OutputStream out) throws IOException, InterruptedException {
    dumps.incrementAndGet();
    byte[] body =
        JSON.writeValueAsBytes(
            Map.of("threads", ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)));
    FakeTarget.http("200 OK", "Content-Type: application/json\r\n", body).write(path, out);
  }

  private static ScrapeHarness scrape(FakeTarget target, Source.ThreadDump source) {
    return new ScrapeHarness(
        Configs.source(source, INTERVAL),
        (http, timers, cpu) ->
            new ThreadDumpScraper(
                source,
                new ThreadDumpScraper.Tools(http, timers, cpu, new BaselineBudget(64L << 20))),
        Labels.of("__address__", target.address(), "service_name", "jvm"));
  }

  private static Pprof.Profile parse(Profile profile) throws Exception {
    return Pprof.Profile.parseFrom(Gzip.inflate(profile.body(), 64 << 20));
  }

  /** What the samples with a frame amount to. */
  private static long nanosOf(Pprof.Profile profile, String function) {
    return profile.getSampleList().stream()
        .filter(
            sample ->
                sample.getLocationIdList().stream()
                    .map(id -> profile.getLocation((int) (id - 1)).getLine(0).getFunctionId())
                    .map(id -> profile.getFunction((int) (id - 1)).getName())
                    .anyMatch(name -> profile.getStringTable((int) (long) name).equals(function)))
        .mapToLong(sample -> sample.getValue(0))
        .sum();
  }
}
