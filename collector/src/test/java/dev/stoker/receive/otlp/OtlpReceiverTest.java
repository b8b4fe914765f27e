package dev.stoker.receive.otlp;

import static dev.stoker.otlp.decode.Requests.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import dev.stoker.otlp.decode.Pprofs;
import dev.stoker.otlp.decode.Requests;
import dev.stoker.pprof.Gzip;
import dev.stoker.profile.Profile;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpReceiverTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Requests made = new Requests();
  private OtlpHarness harness = new OtlpHarness();
  private io.vertx.core.http.@Nullable HttpClient grpcClient;

  OtlpReceiverTest() throws Exception {}

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private ExportProfilesServiceRequest cpu(long value) {
    return made.request(
        "shop",
        made.profile("cpu", "nanoseconds")
            .addSamples(
                sample(made.stack("work"), value)
                    .addAttributeIndices(made.attribute("thread.name", "main"))));
  }

  private HttpRequest.Builder push(String type, byte[] body) {
    return HttpRequest.newBuilder(harness.uri(OtlpReceiver.HTTP_PATH))
        .header("Content-Type", type)
        .version(HttpClient.Version.HTTP_1_1)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] gzip(byte[] plain) {
    return Gzip.deflate(plain, plain.length, 6);
  }

  private void tookCpu(long value) throws Exception {
    assertThat(harness.taken).isNotEmpty();
    Profile last = harness.taken.get(harness.taken.size() - 1);
    assertThat(Pprofs.sums(last.body()))
        .containsOnly(entry("work@work.go:7{thread.name=main}", value));
    assertThat(last.labels().toMap())
        .containsEntry("__name__", "process_cpu")
        .containsEntry("service_name", "shop")
        .containsEntry("__peer_address__", "127.0.0.1");
  }

  @Test
  void clientThatGoesAwayAfterItsBody_leavesNothingInFlight() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    harness.keepBusy(busy);
    byte[] body = gzip(cpu(7).toByteArray()); // so that work takes memory beside it
    try (Socket socket = new Socket("127.0.0.1", harness.port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST "
                  + OtlpReceiver.HTTP_PATH
                  + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                  + "Content-Encoding: gzip\r\n"
                  + "Content-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.flush();
      await().until(() -> harness.gauge("stoker.receive.in.flight.bytes") > body.length);
    }
    await().until(() -> harness.gauge("stoker.receive.connections") == 0);
    busy.countDown();
    await().until(() -> harness.gauge("stoker.receive.in.flight.bytes") == 0);
    assertThat(harness.taken).isEmpty();
    assertThat(harness.count("stoker.receive.requests", "outcome", "gone")).isEqualTo(1);
  }

  @Test
  void protobufOverHttp_isTaken_gzippedOrNot() throws Exception {
    HttpResponse<byte[]> plain =
        send(
            push("application/x-protobuf", cpu(7).toByteArray()).header("X-Scope-OrgID", "team-a"));

    assertThat(plain.statusCode()).isEqualTo(200);
    assertThat(plain.headers().firstValue("content-type")).contains("application/x-protobuf");
    assertThat(ExportProfilesServiceResponse.parseFrom(plain.body()))
        .isEqualTo(ExportProfilesServiceResponse.getDefaultInstance());
    tookCpu(7);
    assertThat(harness.taken.get(0).labels().toMap()).containsEntry("__tenant_id__", "team-a");

    HttpResponse<byte[]> gzipped =
        send(
            push("application/protobuf", gzip(cpu(8).toByteArray()))
                .header("Content-Encoding", "gzip"));

    assertThat(gzipped.statusCode()).isEqualTo(200);
    tookCpu(8);
  }

  @Test
  void json_isTaken() throws Exception {
    String json =
        """
        {"resourceProfiles": [{
          "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
          "scopeProfiles": [{"scope": {"name": "a profiler", "nobodyKnows": [{"this": 1}]},
            "profiles": [{"sampleType": {"typeStrindex": 1, "unitStrindex": 2},
              "samples": [{"stackIndex": 1, "attributeIndices": [1], "linkIndex": 1,
                "values": ["4", 5], "timestampsUnixNano": ["1700000000000000000", "1700000000000000001"]}],
              "timeUnixNano": "1700000000000000000", "durationNano": 5,
              "profileId": "000102030405060708090a0b0c0d0e0f"}]}]}],
         "dictionary": {"mappingTable": [{}], "locationTable": [{}, {"lines": [{"functionIndex": 1, "line": 7}]}],
          "functionTable": [{}, {"nameStrindex": 3, "filenameStrindex": 4}],
          "linkTable": [{}, {"traceId": "", "spanId": "00000000000000AB"}],
          "stringTable": ["", "cpu", "nanoseconds", "work", "work.go", "thread.name"],
          "attributeTable": [{}, {"keyStrindex": 5, "value": {"stringValue": "main"}}],
          "stackTable": [{}, {"locationIndices": [1]}]}}
        """;

    HttpResponse<byte[]> answer =
        send(push("application/json", json.getBytes(StandardCharsets.UTF_8)));

    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Pprofs.sums(harness.taken.get(0).body()))
        .containsOnly(entry("work@work.go:7{span_id=00000000000000ab, thread.name=main}", 9L));
  }

  @Test
  void grpc_isTaken_andAnsweredInTrailers() throws Exception {
    byte[] message = cpu(5).toByteArray();

    Map<String, String> plain = grpc(framed(0, message), "");
    tookCpu(5);
    Map<String, String> gzipped = grpc(framed(1, gzip(cpu(6).toByteArray())), "gzip");
    tookCpu(6);
    Map<String, String> cut = grpc(Arrays.copyOf(framed(0, message), 20), "");
    Map<String, String> wrong = grpc(framed(0, new byte[] {1, 2, 3}), "");

    assertThat(plain)
        .containsEntry("status", "200")
        .containsEntry("grpc-status", "0")
        .containsEntry("body", "0000000000");
    assertThat(gzipped).containsEntry("grpc-status", "0");
    assertThat(cut).containsEntry("grpc-status", "3");
    assertThat(wrong).containsEntry("grpc-status", "3");
    assertThat(wrong.get("grpc-message")).startsWith("the%20request%20is%20no%20OTLP");
  }

  private static byte[] framed(int flags, byte[] message) {
    return Buffer.buffer()
        .appendByte((byte) flags)
        .appendInt(message.length)
        .appendBytes(message)
        .getBytes();
  }

  private Map<String, String> grpc(byte[] body, String encoding) throws Exception {
    HttpClientOptions http2 =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(harness.grpcPort)
            .setURI(OtlpReceiver.GRPC_PATH)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    if (!encoding.isEmpty()) {
      options.putHeader("grpc-encoding", encoding);
    }
    // Held here: Vert.x closes a client that nobody holds any more.
    grpcClient = harness.vertx().createHttpClient(http2);
    return grpcClient
        .request(options)
        .compose(request -> request.send(Buffer.buffer(body)))
        .compose(
            response ->
                response
                    .body()
                    .map(
                        content -> {
                          Map<String, String> answer = new TreeMap<>();
                          answer.put("status", Integer.toString(response.statusCode()));
                          answer.put("body", HexFormat.of().formatHex(content.getBytes()));
                          response.headers().forEach(answer::put);
                          response.trailers().forEach(answer::put);
                          return answer;
                        }))
        .await(10, TimeUnit.SECONDS);
  }

  @Test
  void profilesThatCannotBeRead_areToldInPartialSuccess() throws Exception {
    ExportProfilesServiceRequest mixed =
        made.request(
            "shop",
            made.profile("cpu", "nanoseconds")
                .addSamples(
                    sample(made.stack("work"), 3)
                        .addAttributeIndices(made.attribute("thread.name", "main"))),
            made.profile("cpu", "nanoseconds").addSamples(sample(77, 1).addAttributeIndices(1)));

    HttpResponse<byte[]> answer = send(push("application/x-protobuf", mixed.toByteArray()));

    assertThat(answer.statusCode()).isEqualTo(200);
    ExportProfilesServiceResponse response = ExportProfilesServiceResponse.parseFrom(answer.body());
    assertThat(response.getPartialSuccess().getRejectedProfiles()).isEqualTo(1);
    assertThat(response.getPartialSuccess().getErrorMessage()).startsWith("stack 77 is used");
    assertThat(harness.taken).hasSize(1);
    assertThat(harness.count("stoker.receive.profiles", "outcome", "invalid")).isEqualTo(1);
    assertThat(harness.count("stoker.receive.profiles", "outcome", "taken")).isEqualTo(1);
  }

  @Test
  void whatIsNoPush_isRefusedWithAReason() throws Exception {
    HttpResponse<byte[]> malformed = send(push("application/x-protobuf", new byte[] {1, 2, 3}));
    HttpResponse<byte[]> text = send(push("text/plain", new byte[] {1}));
    HttpResponse<byte[]> noJson = send(push("application/json", "{\"a\"".getBytes()));
    HttpResponse<byte[]> noTenant =
        send(push("application/x-protobuf", cpu(1).toByteArray()).header("X-Scope-OrgID", "a/b"));
    HttpResponse<byte[]> packed =
        send(push("application/x-protobuf", new byte[] {1}).header("Content-Encoding", "zstd"));

    assertThat(malformed.statusCode()).isEqualTo(400);
    assertThat(new String(malformed.body(), StandardCharsets.UTF_8)).contains("no OTLP");
    assertThat(text.statusCode()).isEqualTo(415);
    assertThat(noJson.statusCode()).isEqualTo(400);
    assertThat(new String(noJson.body(), StandardCharsets.UTF_8)).contains("\"code\":3");
    assertThat(noTenant.statusCode()).isEqualTo(400);
    assertThat(packed.statusCode()).isEqualTo(501);
    assertThat(harness.taken).isEmpty();
  }

  @Test
  void requestWithoutRoom_isSentAgain() throws Exception {
    harness.room = 0;

    HttpResponse<byte[]> answer = send(push("application/x-protobuf", cpu(1).toByteArray()));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    assertThat(grpc(framed(0, cpu(1).toByteArray()), "")).containsEntry("grpc-status", "14");
  }

  @Test
  void login_isNeededWhereThereIsOne() throws Exception {
    harness.close();
    harness =
        new OtlpHarness(
            OtlpHarness.config(
                new Auth.Basic("sdk", Secret.text("s3cret")), OtlpHarness.LIMITS, true));

    HttpResponse<byte[]> stranger = send(push("application/x-protobuf", cpu(1).toByteArray()));
    HttpResponse<byte[]> friend =
        send(
            push("application/x-protobuf", cpu(2).toByteArray())
                .header("Authorization", "Basic c2RrOnMzY3JldA=="));

    assertThat(stranger.statusCode()).isEqualTo(401);
    assertThat(friend.statusCode()).isEqualTo(200);
    assertThat(grpc(framed(0, cpu(1).toByteArray()), "")).containsEntry("grpc-status", "16");
  }

  @Test
  void profilesThatShareADictionary_mayTakeMoreAtTheSecondTry() throws Exception {
    String[] frames = new String[900];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = "function number " + i;
    }
    int stack = made.stack(frames);
    var profiles = new io.opentelemetry.proto.profiles.v1development.Profile.Builder[12];
    for (int i = 0; i < profiles.length; i++) {
      profiles[i] =
          made.profile("cpu", "nanoseconds")
              .setTimeUnixNano(Requests.TIME + i)
              .addSamples(sample(stack, 1));
    }

    HttpResponse<byte[]> answer =
        send(push("application/x-protobuf", made.request("shop", profiles).toByteArray()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ExportProfilesServiceResponse.parseFrom(answer.body()).hasPartialSuccess())
        .isFalse();
    assertThat(harness.taken).hasSize(12);
  }
}
