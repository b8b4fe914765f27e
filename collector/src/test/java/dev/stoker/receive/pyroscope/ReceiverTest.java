package dev.stoker.receive.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.Profile;
import dev.stoker.receive.Answer;
import dev.stoker.receive.Clients;
import dev.stoker.receive.LabelLimits;
import dev.stoker.receive.ReceiverParts;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.Sender;
import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pushes by all protocols on real sockets, and what is answered. */
class ReceiverTest {
  private static final Map<String, String> LABELS =
      Map.of("__name__", "process_cpu", "service_name", "shop", "team", "a");

  private final HttpClient client = HttpClient.newHttpClient();
  private ReceiverHarness harness = new ReceiverHarness();

  ReceiverTest() throws Exception {}

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void restart(ReceiveConfig config) throws Exception {
    harness.close();
    harness = new ReceiverHarness(config);
  }

  private HttpRequest.Builder push(String type, byte[] body) {
    return HttpRequest.newBuilder(harness.uri(Receiver.PUSH))
        .header("Content-Type", type)
        .version(HttpClient.Version.HTTP_1_1)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<Clients.Client> clients() throws Exception {
    ReceiverStatus.Port here = new ReceiverStatus.Port("", false, "");
    return harness
        .call(() -> harness.receiver.parts().admission().status("pyroscope", here))
        .clients()
        .clients();
  }

  private Profile only() {
    assertThat(harness.taken).hasSize(1);
    return harness.taken.get(0);
  }

  @Test
  void aBugWhileReading_isAnsweredWithoutItsText_andIsTheComponentsHealth() throws Exception {
    AtomicReference<Refusal> answered = new AtomicReference<>();
    Answer answer =
        new Answer() {
          @Override
          public void taken() {
            throw new AssertionError("it was not taken");
          }

          @Override
          public void refused(Refusal refusal) {
            answered.set(refusal);
          }

          @Override
          public boolean isGone() {
            return false;
          }
        };
    ReceiverParts parts = harness.receiver.parts();
    harness.call(
        () -> {
          parts.failed(answer, new Sender("10.0.0.1", "", ""), new IllegalStateException("odd"));
          return null;
        });

    Refusal refusal = Objects.requireNonNull(answered.get());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INTERNAL);
    assertThat(refusal.words()).doesNotContain("odd");
    assertThat(
            harness.call(
                () -> parts.admission().books().recentBug(parts.timers().nanoTime(), 60_000_000)))
        .contains("reading what was pushed", "odd");
  }

  @Test
  void connectWithProto_goesOnAsItCame() throws Exception {
    byte[] body = Pushes.profile(7);

    HttpResponse<String> answer =
        send(push("application/proto", Pushes.proto(LABELS, body)).header("User-Agent", "sdk/1"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/proto");
    assertThat(answer.body()).isEmpty();
    Profile taken = only();
    assertThat(taken.body()).isEqualTo(body);
    assertThat(taken.labels().toMap())
        .containsEntry("__name__", "process_cpu")
        .containsEntry("service_name", "shop")
        .containsEntry("team", "a")
        .containsEntry("__peer_address__", "127.0.0.1")
        .doesNotContainKeys("__tenant_id__", "app_name");
    assertThat(clients())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.address()).isEqualTo("127.0.0.1");
              assertThat(one.agent()).isEqualTo("sdk/1");
              assertThat(one.profiles()).isEqualTo(1);
              assertThat(one.bytes()).isEqualTo(body.length);
            });
  }

  @Test
  void connectWithJson_andGzip_areRead() throws Exception {
    byte[] json = Pushes.json("memory", "shop", Pushes.profile(3)).getBytes(StandardCharsets.UTF_8);

    HttpResponse<String> plain = send(push("application/json; charset=utf-8", json));
    HttpResponse<String> gzipped =
        send(push("application/json", Pushes.gzip(json)).header("Content-Encoding", "gzip"));
    byte[] proto = Pushes.gzip(Pushes.proto(LABELS, Pushes.profile(4)));
    HttpResponse<String> third =
        send(push("application/proto", proto).header("Content-Encoding", "gzip"));

    assertThat(plain.statusCode()).isEqualTo(200);
    assertThat(plain.body()).isEqualTo("{}");
    assertThat(gzipped.statusCode()).isEqualTo(200);
    assertThat(third.statusCode()).isEqualTo(200);
    assertThat(harness.taken)
        .extracting(Profile::body)
        .containsExactly(Pushes.profile(3), Pushes.profile(3), Pushes.profile(4));
  }

  @Test
  void grpcOverHttp2_isAnsweredInTrailers() throws Exception {
    byte[] message = Pushes.proto(LABELS, Pushes.profile(5));

    Map<String, String> plain = grpc("application/grpc", Pushes.framed(0, message), "");
    Map<String, String> gzipped =
        grpc("application/grpc+proto", Pushes.framed(1, Pushes.gzip(message)), "gzip");
    Map<String, String> cut =
        grpc("application/grpc", Arrays.copyOf(Pushes.framed(0, message), 20), "");

    assertThat(plain).containsEntry("status", "200").containsEntry("grpc-status", "0");
    assertThat(plain).containsEntry("body", "0000000000");
    assertThat(gzipped).containsEntry("grpc-status", "0");
    assertThat(cut).containsEntry("status", "200").containsEntry("grpc-status", "3");
    assertThat(cut.get("grpc-message")).contains("said%20to%20have");
    assertThat(harness.taken).hasSize(2);
  }

  private Map<String, String> grpc(String type, byte[] body, String encoding) throws Exception {
    var http2 =
        harness
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(harness.port)
            .setURI(Receiver.PUSH)
            .putHeader("content-type", type)
            .putHeader("te", "trailers");
    if (!encoding.isEmpty()) {
      options.putHeader("grpc-encoding", encoding);
    }
    return http2
        .request(options)
        .compose(request -> request.send(Buffer.buffer(body)))
        .compose(
            response ->
                response
                    .body()
                    .map(
                        content -> {
                          Map<String, String> answer = new java.util.TreeMap<>();
                          answer.put("status", Integer.toString(response.statusCode()));
                          answer.put(
                              "body", java.util.HexFormat.of().formatHex(content.getBytes()));
                          response.headers().forEach(answer::put);
                          response.trailers().forEach(answer::put);
                          return answer;
                        }))
        .await(10, TimeUnit.SECONDS);
  }

  @Test
  void grpcWithoutHttp2_isToldSo() throws Exception {
    HttpResponse<String> answer =
        send(push("application/grpc", Pushes.framed(0, Pushes.proto(LABELS, Pushes.profile(1)))));

    assertThat(answer.statusCode()).isEqualTo(505);
    assertThat(harness.taken).isEmpty();
  }

  @Test
  void grpcWeb_isAnsweredInItsLastFrame() throws Exception {
    HttpResponse<byte[]> answer =
        client.send(
            push(
                    "application/grpc-web+proto",
                    Pushes.framed(0, Pushes.proto(LABELS, Pushes.profile(5))))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    HttpResponse<String> wrong =
        send(push("application/grpc-web", Pushes.framed(0, new byte[] {1, 2, 3})));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith(0, 0, 0, 0, 0, 0x80)
        .endsWith("grpc-status:0\r\n".getBytes(StandardCharsets.UTF_8));
    assertThat(wrong.statusCode()).isEqualTo(200);
    assertThat(wrong.body()).contains("grpc-status:3\r\n").contains("grpc-message:");
  }

  @Test
  void whatIsNoPush_isRefusedWithAReason() throws Exception {
    byte[] good = Pushes.proto(LABELS, Pushes.profile(1));

    assertThat(send(push("text/plain", good)).statusCode()).isEqualTo(415);
    assertThat(send(push("application/proto", good).header("Content-Encoding", "br")).statusCode())
        .isEqualTo(501);
    assertThat(send(push("application/proto", new byte[] {10, 100, 1})))
        .satisfies(
            answer -> {
              assertThat(answer.statusCode()).isEqualTo(400);
              assertThat(answer.body()).contains("invalid_argument").contains("PushRequest");
            });
    assertThat(send(push("application/proto", new byte[0])).body()).contains("no profile");
    assertThat(
            send(push("application/json", "{\"series\":3}".getBytes(StandardCharsets.UTF_8)))
                .body())
        .contains("a list was expected");
    assertThat(send(push("application/json", "{".getBytes(StandardCharsets.UTF_8))).statusCode())
        .isEqualTo(400);
    HttpResponse<String> get =
        client.send(
            HttpRequest.newBuilder(harness.uri(Receiver.PUSH))
                .header("Content-Type", "application/proto")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(
            client
                .send(
                    HttpRequest.newBuilder(harness.uri("/other")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(404);
    assertThat(harness.taken).isEmpty();
    assertThat(harness.count("stoker.receive.requests", "outcome", "invalid")).isEqualTo(4);
  }

  @Test
  void bodiesThatAreNoProfiles_areRefused_andTheWholeBatchWithThem() throws Exception {
    byte[] html = "<html>log in</html>".getBytes(StandardCharsets.UTF_8);

    HttpResponse<String> answer =
        send(push("application/proto", Pushes.proto(LABELS, Pushes.profile(1), html)));
    byte[] broken = Pushes.profile(2);
    broken[broken.length / 2] ^= 0x55;
    HttpResponse<String> second = send(push("application/proto", Pushes.proto(LABELS, broken)));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("profile 2 of 2").contains("HTML");
    assertThat(second.statusCode()).isEqualTo(400);
    assertThat(harness.taken).isEmpty();
    ComponentBooks.Snapshot books =
        harness.call(() -> harness.receiver.parts().admission().books().snapshot());
    assertThat(books.came()).isEqualTo(3);
    assertThat(books.left()).containsEntry(ComponentBooks.Outcome.REFUSED, 3L);
  }

  @Test
  void privateLabelsOfSenders_areLeftOutAndCounted_exceptThree() throws Exception {
    List<String> labels =
        List.of(
            "__name__", "memory",
            "__delta__", "false",
            "__session_id__", "0123456789abcdef",
            "__address__", "evil:1",
            "__meta_pod", "x",
            "__tenant_id__", "other",
            "__peer_address__", "10.0.0.1");

    send(push("application/proto", Pushes.proto(labels, Pushes.profile(1))));
    send(
        push(
            "application/proto",
            Pushes.proto(
                List.of("__name__", "memory", "__session_id__", "zzz"), Pushes.profile(2))));

    assertThat(harness.taken).hasSize(2);
    assertThat(harness.taken.get(0).labels().toMap())
        .containsOnly(
            Map.entry("__name__", "memory"),
            Map.entry("__delta__", "false"),
            Map.entry("__session_id__", "0123456789abcdef"),
            Map.entry("__peer_address__", "127.0.0.1"),
            Map.entry("service_name", "memory"));
    assertThat(harness.taken.get(1).labels().has("__session_id__")).isFalse();
    assertThat(harness.count("stoker.receive.labels.left.out", "reason", "private")).isEqualTo(4);
    assertThat(harness.count("stoker.receive.labels.left.out", "reason", "session")).isEqualTo(1);
  }

  @Test
  void labels_haveLimits() throws Exception {
    restart(
        ReceiverHarness.config(
            new Auth.None(),
            new ReceiveLimits(ReceiverHarness.LIMITS.bounds(), 1 << 20, new LabelLimits(2, 10, 10)),
            true));

    assertThat(labelled("__name__", "m", "a", "1", "b", "2", "c", "3"))
        .contains("more than limits.label_limit = 2");
    assertThat(labelled("__name__", "m", "longer_than_ten", "1")).contains("label_name_length");
    assertThat(labelled("__name__", "m", "a", "longer than ten")).contains("label_value_length");
    assertThat(labelled("__name__", "m", "a", "1", "a", "2")).contains("twice");
    assertThat(labelled("a", "1")).contains("no __name__");
    assertThat(labelled("__name__", "m", "a", "1", "b", "2")).isEmpty();
  }

  private String labelled(String... labels) throws Exception {
    return send(push("application/proto", Pushes.proto(List.of(labels), Pushes.profile(1)))).body();
  }

  @Test
  void tenantOfTheHeader_isTakenWhenValid() throws Exception {
    byte[] good = Pushes.proto(LABELS, Pushes.profile(1));

    assertThat(send(push("application/proto", good).header("X-Scope-OrgID", "team-a")).statusCode())
        .isEqualTo(200);
    assertThat(send(push("application/proto", good).header("X-Scope-OrgID", "a|b")).statusCode())
        .isEqualTo(400);
    assertThat(send(push("application/proto", good).header("X-Scope-OrgID", "..")).statusCode())
        .isEqualTo(400);

    assertThat(only().labels().get("__tenant_id__")).isEqualTo("team-a");
    restart(ReceiverHarness.config(new Auth.None(), ReceiverHarness.LIMITS, false));
    assertThat(send(push("application/proto", good).header("X-Scope-OrgID", "a|b")).statusCode())
        .isEqualTo(200);
    assertThat(only().labels().has("__tenant_id__")).isFalse();
  }

  @Test
  void login_isNeededWhereThereIsOne() throws Exception {
    restart(
        ReceiverHarness.config(
            new Auth.Basic("sdk", Secret.text("s3cret")), ReceiverHarness.LIMITS, true));
    byte[] good = Pushes.proto(LABELS, Pushes.profile(1));
    String login =
        "Basic "
            + Base64.getEncoder().encodeToString("sdk:s3cret".getBytes(StandardCharsets.UTF_8));

    HttpResponse<String> without = send(push("application/proto", good));
    HttpResponse<String> with =
        send(push("application/proto", good).header("Authorization", login));

    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.body()).contains("unauthenticated");
    assertThat(without.headers().firstValue("www-authenticate")).isPresent();
    assertThat(with.statusCode()).isEqualTo(200);
    assertThat(harness.taken).hasSize(1);
  }

  @Test
  void batchWithoutRoomForAll_isRefusedWhole_andMayBeSentAgain() throws Exception {
    harness.room = 1;

    HttpResponse<String> two =
        send(push("application/proto", Pushes.proto(LABELS, Pushes.profile(1), Pushes.profile(2))));
    HttpResponse<String> one =
        send(push("application/proto", Pushes.proto(LABELS, Pushes.profile(1))));

    assertThat(two.statusCode()).isEqualTo(503);
    assertThat(two.headers().firstValue("retry-after")).isPresent();
    assertThat(two.body()).contains("unavailable");
    assertThat(one.statusCode()).isEqualTo(200);
    assertThat(harness.taken).hasSize(1);
    assertThat(harness.count("stoker.receive.profiles", "outcome", "busy")).isEqualTo(2);
  }

  @Test
  void bugOfAReceiver_isNoAcknowledgement() throws Exception {
    harness.broken = true;

    HttpResponse<String> answer =
        send(push("application/proto", Pushes.proto(LABELS, Pushes.profile(1))));

    assertThat(answer.statusCode()).isEqualTo(503);
    ComponentBooks.Snapshot books =
        harness.call(() -> harness.receiver.parts().admission().books().snapshot());
    assertThat(books.left()).containsEntry(ComponentBooks.Outcome.FAILED, 1L);
    assertThat(books.underWay()).isZero();
  }

  @Test
  void profilesWithoutATime_getOneOfTheirOwnEach() throws Exception {
    send(
        push(
            "application/proto", Pushes.proto(LABELS, Pushes.profile(1, 0), Pushes.profile(2, 0))));

    assertThat(harness.taken).hasSize(2);
    assertThat(time(0)).isPositive().isNotEqualTo(time(1));
  }

  private long time(int profile) throws Exception {
    return dev.stoker.pprof.oracle.Pprof.Profile.parseFrom(
            dev.stoker.pprof.Gzip.inflate(harness.taken.get(profile).body(), 1 << 20))
        .getTimeNanos();
  }
}
