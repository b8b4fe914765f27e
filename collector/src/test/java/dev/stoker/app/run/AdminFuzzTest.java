package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nonsense for every admin route: an answer or a closed connection, never a stack trace. */
class AdminFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261126L);

  /** Netty answers in the protocol that the request names, be it nonsense. */
  private static final Pattern STATUS_LINE = Pattern.compile("^[^\r\n]{1,12} [1-5]\\d\\d ");

  private static final String[] PATHS = {
    "/",
    "/index.html",
    "/-/healthy",
    "/-/ready",
    "/-/reload",
    "/-/support",
    "/metrics",
    "/api/v1/targets",
    "/api/v1/targets/scrape",
    "/api/v1/discovery",
    "/api/v1/relabel",
    "/api/v1/components",
    "/api/v1/endpoints",
    "/api/v1/receivers",
    "/api/v1/config",
    "/api/v1/profiles/flamegraph",
    "/api/v1/profiles/types",
    "/api/v1/profiles/diff",
    "/debug/pprof/",
    "/debug/pprof/goroutine",
    "/debug/pprof/allocs",
    "/vendor/README.md",
    "/../../etc/passwd",
  };

  private static final String[] PIECES = {
    "%",
    "%00",
    "%zz",
    "..",
    "/",
    "//",
    "?",
    "&",
    "=",
    "#",
    ";",
    "\0",
    "é",
    "\uD83D\uDE00",
    "%F0%28",
    "-1",
    "99999999999999999999",
    "NaN",
    "1e400",
    "true",
    "null",
    "{",
    "}",
    "[",
    "\"",
    "\\",
    "<script>",
    "limit=",
    "from=",
    "to=",
    "query=",
    "type=",
    "service=",
    "seconds=",
    "filter=",
    "sort=",
    "offset=",
  };

  private static final String[] BODIES = {
    "",
    "{}",
    "[]",
    "null",
    "{\"rules\":",
    "{\"rules\":[{}],\"labels\":{}}",
    "{\"rules\":\"rules = [ { regex = \\\"((((((\\\" } ]\",\"labels\":{\"a\":1}}",
    "{\"component\":{},\"url\":[],\"profile_type\":7}",
    "\uFEFF{}",
    "{\"a\":\"\\uD800\"}",
  };

  @TempDir Path folder;

  @Test
  void nonsense_isAnswered_andTheDaemonGoesOn() throws Exception {
    int port = Daemon.freePort();
    Random random = new Random(SEED);
    try (Daemon daemon = new Daemon(config(port), port)) {
      Daemon.await("ready", () -> daemon.get("/-/ready").status() == 200);
      for (int i = 0; i < CASES; i++) {
        byte[] request = request(random);
        String answer = send(port, request);
        String name = "seed " + SEED + " case " + i + ": " + text(request);
        assertThat(answer)
            .as(name)
            .doesNotContain("\tat ", "Exception", "dev.stoker.", "io.vertx")
            .satisfiesAnyOf(
                text -> assertThat(text).isEmpty(),
                text -> assertThat(text).containsPattern(STATUS_LINE));
        assertThat(answer).as(name).doesNotContain(" 500 Internal");
      }
      assertThat(daemon.get("/-/healthy").status()).isEqualTo(200);
      assertThat(daemon.active()).isEmpty();
    }
  }

  private static byte[] request(Random random) {
    StringBuilder path = new StringBuilder(PATHS[random.nextInt(PATHS.length)]);
    for (int pieces = random.nextInt(5); pieces > 0; pieces--) {
      path.append(random.nextInt(3) == 0 ? "?" : "").append(PIECES[random.nextInt(PIECES.length)]);
    }
    String method =
        switch (random.nextInt(8)) {
          case 0, 1 -> "POST";
          case 2 -> "DELETE";
          case 3 -> "OPTIONS";
          case 4 -> "G\u00CBT";
          default -> "GET";
        };
    String body = BODIES[random.nextInt(BODIES.length)];
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    if (random.nextBoolean()) {
      head.append("Content-Type: application/json\r\n");
    }
    if (random.nextInt(6) == 0) {
      head.append("X-Odd: ").append(PIECES[random.nextInt(PIECES.length)]).append("\r\n");
    }
    if (random.nextInt(40) == 0) {
      head.append("X-Long: ").append("x".repeat(20_000)).append("\r\n");
    }
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    head.append("Content-Length: ")
        .append(random.nextInt(20) == 0 ? "-7" : Integer.toString(length))
        .append("\r\nConnection: close\r\n\r\n")
        .append(body);
    byte[] bytes = head.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** What came until the end, or until nothing more did. */
  private static String send(int port, byte[] request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(300);
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      return text(in.readNBytes(64 << 10));
    } catch (SocketTimeoutException waitsForMore) {
      return ""; // a request without an end
    } catch (java.net.SocketException reset) {
      return "";
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private Path config(int port) throws IOException {
    return Files.writeString(
        folder.resolve("fuzz.conf"),
        """
        pyroscope.scrape.s { targets = [], forward_to = [ stoker.store.x.receiver ] }
        stoker.store.x {}
        stoker.storage.path = "%s"
        stoker.http.listen = "127.0.0.1:%d"
        """
            .formatted(folder.resolve("data"), port));
  }
}
