package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.oracle.Pprof;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is changed in a body before it goes on is counted by reason, whatever the type needs. */
class MendedBodiesTest {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  @ParameterizedTest
  @ValueSource(strings = {"goroutine", "memory"})
  void eachMend_isCounted_andThereFromTheStart(String type) throws IOException {
    AtomicLong counter = new AtomicLong();
    try (FakeTarget broken =
            new FakeTarget(
                (path, out) ->
                    FakeTarget.http("200 OK", "", broken(counter.incrementAndGet()))
                        .write(path, out));
        ScrapeHarness harness =
            new ScrapeHarness(
                Configs.timed(INTERVAL, Duration.ofSeconds(5), Configs.type(type)),
                Labels.of("__address__", broken.address()))) {
      assertThat(count(harness, "text")).isZero();
      assertThat(harness.registry.get("stoker.scrape.skipped").counter().count()).isZero();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> harness.view(broken.address()).status().counts().scrapes() >= 3);
      harness.stop(true);
      long fine =
          (long) harness.registry.get("stoker.scrapes").tag("outcome", "ok").counter().count();
      assertThat(count(harness, "mapping")).isEqualTo(fine);
      assertThat(count(harness, "period_type")).isEqualTo(fine);
      assertThat(count(harness, "text")).isZero();
    }
  }

  private static double count(ScrapeHarness harness, String reason) {
    return harness.registry.get("stoker.bodies.mended").tag("reason", reason).counter().count();
  }

  /** It names a mapping that it does not have, and has no period type. */
  private static byte[] broken(long n) {
    Pprof.Profile.Builder profile = Bodies.heapProfile(n).toBuilder().clearPeriodType();
    profile.getLocationBuilder(0).setMappingId(7);
    return Bodies.gzip(profile.build().toByteArray());
  }
}
