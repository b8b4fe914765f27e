package dev.stoker.receive.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.app.run.Daemon;
import dev.stoker.http.client.Auth;
import dev.stoker.receive.LabelLimits;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Bounds;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Clients that are slow, huge or malicious cost themselves only. */
class HostileClientsTest {
  private static final Map<String, String> LABELS =
      Map.of("__name__", "process_cpu", "service_name", "shop");

  private static final ReceiverStatus.Port HERE = new ReceiverStatus.Port("", false, "");

  private final HttpClient client = HttpClient.newHttpClient();

  private static ReceiverHarness harness(int connections, long inFlight, Duration timeout)
      throws Exception {
    return new ReceiverHarness(
        ReceiverHarness.config(
            new Auth.None(),
            new ReceiveLimits(
                new Bounds(1 << 20, connections, inFlight, timeout), 1 << 20, LabelLimits.NONE),
            true));
  }

  private HttpResponse<String> push(ReceiverHarness harness, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(harness.uri(Receiver.PUSH))
            .header("Content-Type", "application/proto")
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] good(long value) {
    return Pushes.proto(LABELS, Pushes.profile(value));
  }

  private static String head(int length) {
    return "POST "
        + Receiver.PUSH
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/proto\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static Socket open(ReceiverHarness harness, String text) throws Exception {
    Socket socket = new Socket("127.0.0.1", harness.port);
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    return socket;
  }

  @Test
  void bodyThatIsNotWholeInTime_isAnswered408_andItsConnectionClosed() throws Exception {
    try (ReceiverHarness harness = harness(16, 4 << 20, Duration.ofMillis(300));
        Socket slow = open(harness, head(1_000) + "some")) {
      String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 408").contains("deadline_exceeded");
      assertThat(push(harness, good(1)).statusCode()).isEqualTo(200);
      Daemon.await(
          "the memory is back", () -> harness.gauge("stoker.receive.in.flight.bytes") == 0);
    }
  }

  @Test
  void clientThatGoesAwayWithinItsBody_isCounted_once() throws Exception {
    try (ReceiverHarness harness = harness(16, 4 << 20, Duration.ofSeconds(30))) {
      open(harness, head(1_000) + "some").close();
      Daemon.await(
          "it is counted", () -> harness.count("stoker.receive.requests", "outcome", "gone") == 1);

      assertThat(push(harness, good(1)).statusCode()).isEqualTo(200);
      assertThat(push(harness, new byte[] {1}).statusCode()).isEqualTo(400);
      ReceiverStatus.Counts counts =
          harness.call(() -> harness.receiver.parts().admission().status("p", HERE)).counts();
      assertThat(counts.requests())
          .containsEntry("gone", 1L)
          .containsEntry("taken", 1L)
          .containsEntry("invalid", 1L);
      assertThat(counts.requests().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(3);
    }
  }

  @Test
  void clientThatGoesAwayAfterItsBody_leavesNoWorkWithoutItsMemory_andNoMemory() throws Exception {
    try (ReceiverHarness harness = harness(16, 4 << 20, Duration.ofSeconds(30))) {
      CountDownLatch busy = new CountDownLatch(1);
      harness.keepBusy(busy);
      byte[] body = Pushes.gzip(good(1));
      try (Socket socket = new Socket("127.0.0.1", harness.port)) {
        OutputStream out = socket.getOutputStream();
        out.write(
            ("POST "
                    + Receiver.PUSH
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\n"
                    + "Content-Encoding: gzip\r\nContent-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
        await().until(() -> harness.gauge("stoker.receive.in.flight.bytes") > body.length);
      }
      await().until(() -> harness.gauge("stoker.receive.connections") == 0);
      assertThat(harness.gauge("stoker.receive.in.flight.bytes"))
          .as("the work waits still, with its memory")
          .isGreaterThan(body.length);
      busy.countDown();
      await().until(() -> harness.gauge("stoker.receive.in.flight.bytes") == 0);
      assertThat(push(harness, good(2)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void bodyThatAnnouncesTooMuch_isRefusedAtOnce() throws Exception {
    try (ReceiverHarness harness = harness(16, 4 << 20, Duration.ofSeconds(30));
        Socket huge = open(harness, head(2 << 20))) {
      String answer = new String(huge.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 400").contains("max_body_size");
    }
  }

  @Test
  void gzipBombs_areRefusedByWhatTheySay_orWhatTheyAre() throws Exception {
    byte[] bomb = Pushes.gzip(new byte[8 << 20]);
    byte[] liar = bomb.clone();
    liar[liar.length - 4] = 100;
    liar[liar.length - 3] = 0;
    liar[liar.length - 2] = 0;
    liar[liar.length - 1] = 0;
    try (ReceiverHarness harness = harness(16, 4 << 20, Duration.ofSeconds(30))) {
      HttpResponse<String> honest = push(harness, bomb, "Content-Encoding", "gzip");
      HttpResponse<String> lying = push(harness, liar, "Content-Encoding", "gzip");
      HttpResponse<String> inside = push(harness, Pushes.proto(LABELS, bomb));

      assertThat(honest.statusCode()).isEqualTo(400);
      assertThat(honest.body()).contains("max_inflated_size");
      assertThat(lying.statusCode()).isEqualTo(400);
      assertThat(inside.statusCode()).isEqualTo(400);
      assertThat(harness.taken).isEmpty();
      Daemon.await(
          "the memory is back", () -> harness.gauge("stoker.receive.in.flight.bytes") == 0);
    }
  }

  @Test
  void idleConnections_makeRoomForOthers() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (ReceiverHarness harness = harness(4, 4 << 20, Duration.ofSeconds(30))) {
      for (int i = 0; i < 12; i++) {
        // One that has pushed and stays.
        byte[] body = good(i);
        idle.add(open(harness, head(body.length)));
        idle.get(i).getOutputStream().write(body);
        assertThat(idle.get(i).getInputStream().read()).isEqualTo('H');
      }

      assertThat(push(harness, good(1)).statusCode()).isEqualTo(200);
      assertThat(harness.gauge("stoker.receive.connections")).isLessThanOrEqualTo(4);
      assertThat(harness.count("stoker.receive.connections.closed", "reason", "room"))
          .isGreaterThanOrEqualTo(8);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void manyEmptyProfiles_areTooMany() throws Exception {
    byte[] series = new byte[200_000];
    for (int i = 0; i < series.length; i += 2) {
      series[i] = 18; // an empty sample
    }
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    out.write(10);
    out.write(0x80 | (series.length & 0x7f));
    out.write(0x80 | (series.length >> 7 & 0x7f));
    out.write(series.length >> 14);
    out.writeBytes(series);
    try (ReceiverHarness harness = harness(16, 4 << 20, Duration.ofSeconds(30))) {
      HttpResponse<String> answer = push(harness, out.toByteArray());

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("more than 10000 profiles");
    }
  }

  @Test
  void ingest_takesFoldedText_andAnswersInPlainText() throws Exception {
    try (ReceiverHarness harness = new ReceiverHarness()) {
      HttpResponse<String> good = ingest(harness, "/ingest?name=shop.cpu%7Bteam%3Da%7D", "a;b 3");
      HttpResponse<String> same = ingest(harness, "/pyroscope/ingest?name=shop", "a;b 3");
      HttpResponse<String> empty = ingest(harness, "/ingest?name=shop", "");
      HttpResponse<String> wrong = ingest(harness, "/ingest?name=shop", "a b");
      HttpResponse<String> unnamed = ingest(harness, "/ingest", "a 1");

      assertThat(good.statusCode()).isEqualTo(200);
      assertThat(same.statusCode()).isEqualTo(200);
      assertThat(empty.statusCode()).isEqualTo(200);
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body()).contains("line 1 is no stack");
      assertThat(unnamed.statusCode()).isEqualTo(400);
      assertThat(harness.taken).hasSize(2);
      assertThat(harness.taken.get(0).labels().toMap())
          .containsEntry("__name__", "process_cpu")
          .containsEntry("service_name", "shop")
          .containsEntry("team", "a");
    }
  }

  private HttpResponse<String> ingest(ReceiverHarness harness, String path, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(harness.uri(path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
