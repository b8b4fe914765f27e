package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that a target may answer instead of a profile, on real sockets, for a type that is
 * passed through and for one that is subtracted: a good target beside it is never disturbed, and
 * last_error says what came and what to do.
 */
class BadInputTest {
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Duration TIMEOUT = Duration.ofMillis(700);
  private static final ScrapeLimits LIMITS = new ScrapeLimits(8 << 20, 32 << 20, 0, 0, 0, 0);
  private static final byte[] GOOD = Bodies.heap(1);

  /** An answer, the health it leads to, and what last_error must name. */
  private record Case(String name, FakeTarget.Answer answer, Health health, List<String> error) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case down(String name, FakeTarget.Answer answer, String... error) {
    return new Case(name, answer, Health.DOWN, List.of(error));
  }

  static Stream<Arguments> cases() {
    return Stream.of(
            down("html", ok("<!DOCTYPE html><html><body>login</body></html>"), "HTML"),
            down("json", ok("{\"error\": \"no profiles here\"}"), "JSON"),
            down("empty body", ok(""), "empty"),
            down(
                "legacy text heap",
                ok("heap profile: 1: 2 [3: 4] @ heap/1048576\n1: 2 [3: 4] @ 0x1\n"),
                "text",
                "debug"),
            down("truncated gzip", raw(Arrays.copyOf(GOOD, GOOD.length - 20)), "truncated"),
            down("corrupt gzip", raw(corrupt()), "gzip"),
            down("gzip bomb", raw(Bodies.bomb()), "max_inflated_size"),
            down("endless body", BadInputTest::endless, "max_body_size"),
            down(
                "announced giant",
                (path, out) -> FakeTarget.head(out, "200 OK", "Content-Length: 99999999999\r\n"),
                "max_body_size"),
            down("dripping body", BadInputTest::drip, "deadline", "scrape_timeout"),
            down("silence", (path, out) -> Thread.currentThread().join(), "deadline", "waiting"),
            down("reset in the middle", BadInputTest::reset, "broke"),
            down("closed without an answer", (path, out) -> {}, "broke"),
            down(
                "not http",
                (path, out) ->
                    out.write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII)),
                "this port does not speak HTTP/1 (it answered \"SSH-2.0-OpenSSH_9.2\", as an SSH"
                    + " server does)"),
            down(
                "gzip in gzip",
                raw(dev.stoker.pprof.Gzip.deflate(GOOD, GOOD.length, 1)),
                "gzip inside gzip: something compresses a body that is compressed already"),
            down("zlib", raw(zlib()), "body is compressed by deflate (zlib)"),
            down(
                "zstd",
                raw(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 4, 0, 1, 2, 3}),
                "body is compressed by zstd"),
            coded("deflate"),
            coded("br"),
            coded("zstd"),
            down(
                "redirect loop",
                (path, out) ->
                    FakeTarget.head(out, "302 Found", "Location: /again\r\nContent-Length: 0\r\n"),
                "redirected more than 10 times"),
            down(
                "unauthorised",
                FakeTarget.http("401 Unauthorized", "", "who?".getBytes(StandardCharsets.UTF_8)),
                "401",
                "credentials"),
            down(
                "not found",
                FakeTarget.http(
                    "404 Not Found", "", "404 page not found\n".getBytes(StandardCharsets.UTF_8)),
                "404",
                "enabled = false"),
            down(
                "write timeout",
                FakeTarget.http(
                    "400 Bad Request",
                    "",
                    "profile duration exceeds server's WriteTimeout\n"
                        .getBytes(StandardCharsets.UTF_8)),
                "WriteTimeout"),
            new Case(
                "busy",
                FakeTarget.http(
                    "500 Internal Server Error",
                    "",
                    "Could not enable CPU profiling: cpu profiling already in use\n"
                        .getBytes(StandardCharsets.UTF_8)),
                Health.BUSY,
                List.of("in use")),
            new Case(
                "text/plain",
                FakeTarget.http("200 OK", "Content-Type: text/plain\r\n", GOOD),
                Health.UP,
                List.of()),
            new Case(
                "x-gzip",
                FakeTarget.http("200 OK", "Content-Type: application/x-gzip\r\n", GOOD),
                Health.UP,
                List.of()))
        .flatMap(
            bad ->
                Stream.of(Arguments.of(bad, Configs.GOROUTINE), Arguments.of(bad, Configs.MEMORY)));
  }

  private static Case coded(String coding) {
    return down(
        "Content-Encoding: " + coding,
        FakeTarget.http("200 OK", "Content-Encoding: " + coding + "\r\n", GOOD),
        "the body has Content-Encoding: " + coding + ", which Stoker has not asked for");
  }

  private static byte[] zlib() {
    java.util.zip.Deflater deflater = new java.util.zip.Deflater();
    deflater.setInput(GOOD);
    deflater.finish();
    byte[] out = new byte[GOOD.length + 100];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void badAnswer_isNamed_andLeavesOthersAlone(Case bad, ProfileType type) throws IOException {
    AtomicLong counter = new AtomicLong();
    try (FakeTarget target = new FakeTarget(bad.answer());
        FakeTarget neighbour =
            new FakeTarget(
                (path, out) ->
                    FakeTarget.http("200 OK", "", Bodies.heap(counter.incrementAndGet()))
                        .write(path, out));
        ScrapeHarness harness =
            new ScrapeHarness(
                Configs.limited(INTERVAL, TIMEOUT, LIMITS, type),
                Labels.of("__address__", target.address()),
                Labels.of("__address__", neighbour.address()))) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> harness.view(target.address()).status().health() == bad.health());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> harness.view(target.address()).status().counts().scrapes() >= 2);
      TargetStatus status = harness.view(target.address()).status();
      assertThat(status.health()).isEqualTo(bad.health());
      if (bad.health() == Health.UP) {
        assertThat(status.lastError()).isNull();
      } else {
        assertThat(status.lastError()).contains(bad.error()).hasSizeLessThan(600);
        assertThat(harness.appended)
            .noneMatch(profile -> profile.labels().get("instance").equals(target.address()));
      }
      assertThat(status.counts().failures())
          .isEqualTo(bad.health() == Health.DOWN ? status.counts().scrapes() : 0);

      TargetStatus other = harness.view(neighbour.address()).status();
      assertThat(other.health()).isEqualTo(Health.UP);
      assertThat(other.counts().failures()).isZero();
      harness.stop(true);
      assertThat(harness.budget.used()).isZero();
    }
  }

  @Test
  void nothingListens_isUnreachable() throws IOException {
    FakeTarget gone = new FakeTarget(ok(""));
    gone.close();
    try (ScrapeHarness harness =
        new ScrapeHarness(
            Configs.timed(INTERVAL, TIMEOUT, Configs.MEMORY),
            Labels.of("__address__", gone.address()))) {
      await().until(() -> harness.view(gone.address()).status().health() == Health.DOWN);
      assertThat(harness.view(gone.address()).status().lastError())
          .contains("cannot connect to " + gone.address());
    }
  }

  @Test
  void badAndDuplicateTargets_areDroppedBesideGoodOnes() throws IOException {
    try (FakeTarget good = new FakeTarget(raw(GOOD));
        ScrapeHarness harness =
            new ScrapeHarness(
                Configs.timed(INTERVAL, TIMEOUT, Configs.GOROUTINE),
                Labels.of("__address__", "not a host:1"),
                Labels.of("__address__", good.address()),
                Labels.of("__address__", good.address(), "n", "twin"))) {
      await().until(() -> harness.view(good.address()).status().health() == Health.UP);
      assertThat(harness.dropped())
          .extracting(DroppedTarget::reason)
          .containsExactly(DroppedTarget.Reason.INVALID, DroppedTarget.Reason.DUPLICATE);
    }
  }

  private static FakeTarget.Answer ok(String body) {
    return raw(body.getBytes(StandardCharsets.UTF_8));
  }

  private static FakeTarget.Answer raw(byte[] body) {
    return FakeTarget.http("200 OK", "Content-Type: application/octet-stream\r\n", body);
  }

  private static byte[] corrupt() {
    byte[] body = GOOD.clone();
    body[body.length / 2] ^= 0x55;
    return body;
  }

  private static void endless(String path, java.io.OutputStream out) throws IOException {
    FakeTarget.head(out, "200 OK", "");
    byte[] noise = Bodies.noise(1 << 20);
    out.write(GOOD, 0, 10);
    while (true) {
      out.write(noise);
    }
  }

  private static void drip(String path, java.io.OutputStream out)
      throws IOException, InterruptedException {
    FakeTarget.head(out, "200 OK", "Content-Length: " + GOOD.length + "\r\n");
    java.util.concurrent.CountDownLatch never = new java.util.concurrent.CountDownLatch(1);
    for (byte b : GOOD) {
      out.write(b);
      out.flush();
      never.await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
  }

  private static void reset(String path, java.io.OutputStream out) throws IOException {
    FakeTarget.head(out, "200 OK", "Content-Length: " + GOOD.length + "\r\n");
    out.write(GOOD, 0, GOOD.length / 2);
    out.flush();
  }
}
