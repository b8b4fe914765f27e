package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slow and huge targets beside good ones, on real sockets; all sizes are those of a small heap. */
class BodyShareTest {
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final ScrapeLimits LIMITS = new ScrapeLimits(4 << 20, 32 << 20, 0, 0, 0, 0);
  private static final long BODIES = 8 << 20;

  private final AtomicLong counter = new AtomicLong();
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<FakeTarget> targets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    end.countDown();
    for (FakeTarget target : targets) {
      target.close();
    }
  }

  @Test
  void targetsThatAnnounceMuchAndTrickle_costOthersNothing() {
    FakeTarget evil =
        target(
            (path, out) -> {
              FakeTarget.head(out, "200 OK", "Content-Length: " + (4 << 20) + "\r\n");
              while (!end.await(50, TimeUnit.MILLISECONDS)) {
                out.write(0x1f);
                out.flush();
              }
            });
    List<FakeTarget> good = goodOnes(20);
    try (ScrapeHarness harness = scrape(good, paths(evil, 8))) {
      await().until(() -> scrapes(harness, good) >= 60);
      assertThat(harness.budget.used()).isLessThan(BODIES / 2);
      nothingFailed(harness, good);
    }
  }

  @Test
  void targetsThatStopInTheMiddle_giveWay_andSayWhy() {
    byte[] much = Bodies.noise(3 << 20);
    FakeTarget evil =
        target(
            (path, out) -> {
              FakeTarget.head(out, "200 OK", "Content-Length: " + (4 << 20) + "\r\n");
              out.write(much);
              out.flush();
              end.await();
            });
    byte[] medium = heap(1_500_000);
    FakeTarget honest =
        target((path, out) -> FakeTarget.http("200 OK", "", medium).write(path, out));
    List<FakeTarget> good = goodOnes(10);
    List<FakeTarget> all = new ArrayList<>(good);
    all.add(honest);
    try (ScrapeHarness harness = scrape(all, paths(evil, 6))) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> harness.view(honest.address()).status().health() == Health.UP);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  harness.active().stream()
                      .filter(view -> of(evil, view))
                      .map(view -> String.valueOf(view.status().lastError()))
                      .anyMatch(error -> error.contains("less than 128 KiB a second")));
      nothingFailed(harness, good);
      assertThat(harness.registry.get("stoker.scrapes").tags("outcome", "memory").counter().count())
          .isPositive();
      assertThat(harness.registry.get("stoker.body.memory.wait").timer().count()).isPositive();
      harness.stop(true);
      assertThat(harness.budget.used()).isZero();
    }
  }

  @Test
  void honestLargeTargets_allMakeProgress_thoughTheyDoNotFitTogether() {
    byte[] large = heap(2_000_000);
    List<FakeTarget> honest = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      honest.add(target((path, out) -> slowly(large, out)));
    }
    try (ScrapeHarness harness = scrape(honest, List.of())) {
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () ->
                  honest.stream()
                      .allMatch(one -> harness.view(one.address()).status().lastBytes() > 0));
      assertThat(harness.active())
          .extracting(view -> String.valueOf(view.status().lastError()))
          .noneMatch(error -> error.contains("scrape_timeout"));
    }
  }

  @Test
  void whatAHeaderAnnounces_isNotAllocated() {
    AtomicBoolean answered = new AtomicBoolean();
    FakeTarget evil =
        target(
            (path, out) -> {
              answered.set(true);
              FakeTarget.head(out, "200 OK", "Content-Length: 1900000000\r\n");
              end.await();
            });
    ScrapeConfig unlimited =
        Configs.limited(INTERVAL, TIMEOUT, new ScrapeLimits(0, 0, 0, 0, 0, 0), Configs.GOROUTINE);
    List<FakeTarget> good = goodOnes(1);
    try (ScrapeHarness harness =
        new ScrapeHarness(unlimited, BODIES, labels(evil, ""), labels(good.get(0), ""))) {
      await().until(() -> harness.view(evil.address()).status().lastError() != null);
      assertThat(harness.view(evil.address()).status().lastError())
          .contains("1900000000", "memory", "8388608 bytes");
      await().until(() -> scrapes(harness, good) >= 2);
      nothingFailed(harness, good);
    }
  }

  private List<FakeTarget> goodOnes(int count) {
    List<FakeTarget> good = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      good.add(
          target(
              (path, out) ->
                  FakeTarget.http("200 OK", "", Bodies.heap(counter.incrementAndGet()))
                      .write(path, out)));
    }
    return good;
  }

  private FakeTarget target(FakeTarget.Answer answer) {
    FakeTarget target = new FakeTarget(answer);
    targets.add(target);
    return target;
  }

  private void slowly(byte[] body, OutputStream out) throws IOException, InterruptedException {
    FakeTarget.head(out, "200 OK", "");
    int step = body.length / 20;
    for (int at = 0; at < body.length; at += step) {
      out.write(body, at, Math.min(step, body.length - at));
      out.flush();
      end.await(25, TimeUnit.MILLISECONDS);
    }
  }

  private static ScrapeHarness scrape(List<FakeTarget> targets, List<Labels> more) {
    List<Labels> all = new ArrayList<>(more);
    targets.forEach(target -> all.add(labels(target, "")));
    return new ScrapeHarness(
        Configs.limited(INTERVAL, TIMEOUT, LIMITS, Configs.GOROUTINE),
        BODIES,
        all.toArray(Labels[]::new));
  }

  /** The same target under several paths, which makes as many loops. */
  private static List<Labels> paths(FakeTarget target, int count) {
    List<Labels> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      labels.add(labels(target, "/path/" + i));
    }
    return labels;
  }

  private static Labels labels(FakeTarget target, String path) {
    return path.isEmpty()
        ? Labels.of("__address__", target.address())
        : Labels.of("__address__", target.address(), "__profile_path__", path);
  }

  private static boolean of(FakeTarget target, TargetView view) {
    return view.target().url().getAuthority().equals(target.address());
  }

  private static long scrapes(ScrapeHarness harness, List<FakeTarget> targets) {
    return targets.stream()
        .mapToLong(target -> harness.view(target.address()).status().counts().scrapes())
        .sum();
  }

  private static void nothingFailed(ScrapeHarness harness, List<FakeTarget> good) {
    for (FakeTarget target : good) {
      TargetStatus status = harness.view(target.address()).status();
      assertThat(status.counts().failures()).as(String.valueOf(status.lastError())).isZero();
    }
  }

  /** A profile that is about so large over the wire. */
  private static byte[] heap(int bytes) {
    Pprof.Profile.Builder profile = Bodies.heapProfile(1).toBuilder();
    String noise = new String(Bodies.noise(bytes), StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes; at += 4_000) {
      profile.addStringTable(noise.substring(at, Math.min(bytes, at + 4_000)));
    }
    return Bodies.gzip(profile.build().toByteArray());
  }
}
