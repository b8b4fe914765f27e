package dev.stoker.write.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.otlp.encode.Encoded;
import dev.stoker.otlp.encode.ProfileEncoder;
import dev.stoker.otlp.encode.Series;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Workspace;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesPartialSuccess;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import okhttp3.Protocol;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both forms of OTLP on real sockets: what goes out, and what each kind of answer is taken for. */
class OtlpSenderTest {
  private final MockWebServer http = new MockWebServer();
  private final MockWebServer grpc = new MockWebServer();
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeEach
  void open() throws Exception {
    http.start();
    grpc.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    grpc.start();
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    grpc.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void overHttp_aGzippedRequestGoesToThePathOfProfiles() throws Exception {
    http.enqueue(taken(ExportProfilesPartialSuccess.getDefaultInstance()));

    assertThat(send(OtlpProtocol.HTTP)).isInstanceOf(SendResult.Accepted.class);

    RecordedRequest request = Objects.requireNonNull(http.takeRequest(10, TimeUnit.SECONDS));
    assertThat(request.getMethod()).isEqualTo("POST");
    assertThat(request.getUrl().encodedPath()).isEqualTo("/base/v1development/profiles");
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/x-protobuf");
    assertThat(request.getHeaders().get("Content-Encoding")).isEqualTo("gzip");
    assertThat(request.getHeaders().get("X-Scope-OrgID")).isEqualTo("team");
    isMutexProfile(body(request));
  }

  @Test
  void overGrpc_theSameMessageIsAUnaryCall() throws Exception {
    grpc.enqueue(called("0", "", ""));

    assertThat(send(OtlpProtocol.GRPC)).isInstanceOf(SendResult.Accepted.class);

    RecordedRequest request = Objects.requireNonNull(grpc.takeRequest(10, TimeUnit.SECONDS));
    assertThat(request.getUrl().encodedPath())
        .isEqualTo(
            "/base/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export");
    assertThat(request.getHeaders().get("content-type")).isEqualTo("application/grpc");
    assertThat(request.getHeaders().get("te")).isEqualTo("trailers");
    assertThat(request.getHeaders().get("grpc-encoding")).isEqualTo("gzip");
    assertThat(request.getHeaders().get("grpc-timeout")).isEqualTo("10000m");
    byte[] body = body(request);
    assertThat(body[0]).isEqualTo((byte) 1);
    assertThat(ByteBuffer.wrap(body, 1, 4).getInt()).isEqualTo(body.length - 5);
    isMutexProfile(Arrays.copyOfRange(body, 5, body.length));
  }

  private static void isMutexProfile(byte[] gzipped) throws Exception {
    ExportProfilesServiceRequest request =
        ExportProfilesServiceRequest.parseFrom(Gzip.inflate(gzipped, 1 << 20));
    assertThat(request.getResourceProfiles(0).getResource().getAttributes(0).getKey())
        .isEqualTo("service.name");
    assertThat(request.getResourceProfiles(0).getScopeProfiles(0).getProfilesList()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "400, Rejected",
    "401, MISCONFIGURED",
    "404, MISCONFIGURED",
    "413, Rejected",
    "429, THROTTLED",
    "500, UNAVAILABLE",
    "503, UNAVAILABLE"
  })
  void statusOfHttp_isTakenAsTheTableSays(int status, String expected) throws Exception {
    http.enqueue(
        new MockResponse.Builder().code(status).addHeader("Retry-After", "7").body("why").build());

    is(send(OtlpProtocol.HTTP), expected, status + " why");
  }

  /** OTLP/HTTP sends a google.rpc.Status with each failure. */
  @Test
  void failureInProtobuf_isReadForItsMessage_andItsRetryInfo() throws Exception {
    http.enqueue(
        new MockResponse.Builder()
            .code(503)
            .addHeader("Content-Type", "application/x-protobuf")
            .body(new Buffer().write(status("too busy", 3)))
            .build());

    assertThat(send(OtlpProtocol.HTTP))
        .isEqualTo(new SendResult.Retryable(Kind.UNAVAILABLE, "503 too busy", 3_000L));
  }

  @ParameterizedTest
  @CsvSource({
    "1, UNAVAILABLE, CANCELLED",
    "2, UNAVAILABLE, UNKNOWN",
    "3, Rejected, INVALID_ARGUMENT",
    "4, UNAVAILABLE, DEADLINE_EXCEEDED",
    "5, MISCONFIGURED, NOT_FOUND",
    "7, MISCONFIGURED, PERMISSION_DENIED",
    "8, THROTTLED, RESOURCE_EXHAUSTED",
    "9, Rejected, FAILED_PRECONDITION",
    "12, MISCONFIGURED, UNIMPLEMENTED",
    "13, UNAVAILABLE, INTERNAL",
    "14, UNAVAILABLE, UNAVAILABLE",
    "16, MISCONFIGURED, UNAUTHENTICATED",
    "99, UNAVAILABLE, gRPC status 99"
  })
  void statusOfGrpc_isTakenAsTheTableSays(String code, String expected, String name)
      throws Exception {
    grpc.enqueue(called(code, "it%20is 100%25 + so", ""));

    is(send(OtlpProtocol.GRPC), expected, name + " it is 100% + so");
  }

  @Test
  void retryInfoOfGrpc_isHeeded_alsoInAnAnswerWithoutABody() throws Exception {
    String details = Base64.getEncoder().withoutPadding().encodeToString(status("busy", 9));
    grpc.enqueue(called("14", "busy", details));
    grpc.enqueue(
        new MockResponse.Builder()
            .addHeader("Content-Type", "application/grpc")
            .addHeader("grpc-status", "8")
            .addHeader("grpc-message", "slow down")
            .addHeader("grpc-status-details-bin", details)
            .build());

    assertThat(send(OtlpProtocol.GRPC))
        .isEqualTo(new SendResult.Retryable(Kind.UNAVAILABLE, "UNAVAILABLE busy", 9_000L));
    assertThat(send(OtlpProtocol.GRPC))
        .isEqualTo(
            new SendResult.Retryable(Kind.THROTTLED, "RESOURCE_EXHAUSTED slow down", 9_000L));
  }

  @ParameterizedTest
  @EnumSource(OtlpProtocol.class)
  void rejectedProfiles_areARejection_andAWarningIsNone(OtlpProtocol protocol) throws Exception {
    ExportProfilesPartialSuccess rejected =
        ExportProfilesPartialSuccess.newBuilder()
            .setRejectedProfiles(1)
            .setErrorMessage("no such type")
            .build();
    ExportProfilesPartialSuccess warning =
        ExportProfilesPartialSuccess.newBuilder().setErrorMessage("old version").build();
    for (ExportProfilesPartialSuccess partial : List.of(rejected, warning)) {
      http.enqueue(taken(partial));
      grpc.enqueue(called(partial));
    }

    assertThat(send(protocol))
        .isEqualTo(
            new SendResult.Rejected("the server rejected 1 of 2 sample types: no such type"));
    assertThat(send(protocol)).isInstanceOf(SendResult.Accepted.class);
  }

  @ParameterizedTest
  @EnumSource(OtlpProtocol.class)
  void successOfSomebodyElse_isNoDelivery(OtlpProtocol protocol) throws Exception {
    MockResponse page =
        new MockResponse.Builder()
            .addHeader("Content-Type", "text/html")
            .body("<html>Log in</html>")
            .build();
    http.enqueue(page);
    grpc.enqueue(page);

    is(send(protocol), "MISCONFIGURED", "answer is HTML: a login page or a proxy?");
  }

  @Test
  void callWithoutAStatus_isNoDelivery() throws Exception {
    grpc.enqueue(new MockResponse.Builder().addHeader("Content-Type", "application/grpc").build());

    is(send(OtlpProtocol.GRPC), "MISCONFIGURED", "the answer has no grpc-status");
  }

  @Test
  void bodyThatIsNoProfile_isRejected_andNotSent() throws Exception {
    OutgoingProfile text =
        OutgoingProfile.of(Labels.empty(), "no profile at all".getBytes(StandardCharsets.UTF_8), 1);

    is(send(OtlpProtocol.HTTP, text), "Rejected", "not sent: no OTLP can be made of it");
    assertThat(http.getRequestCount()).isZero();
  }

  @Test
  void profileWithoutAPeriod_isCountedAsChanged() throws Exception {
    http.enqueue(taken(ExportProfilesPartialSuccess.getDefaultInstance()));
    byte[] body =
        dev.stoker.pprof.oracle.Pprof.Profile.newBuilder()
            .addAllStringTable(List.of("", "wall", "nanoseconds"))
            .addSampleType(
                dev.stoker.pprof.oracle.Pprof.ValueType.newBuilder().setType(1).setUnit(2))
            .build()
            .toByteArray();

    assertThat(send(OtlpProtocol.HTTP, OutgoingProfile.of(Labels.empty(), body, 1)))
        .isInstanceOf(SendResult.Accepted.class);
    assertThat(
            registry
                .get("otlp.write.changed.profiles")
                .tag("reason", "period_type")
                .counter()
                .count())
        .isEqualTo(1);
  }

  private static void is(SendResult result, String expected, String answer) {
    if (result instanceof SendResult.Retryable retryable) {
      assertThat(retryable.kind()).isEqualTo(Kind.valueOf(expected));
      assertThat(retryable.answer()).startsWith(answer);
    } else {
      assertThat(result).isInstanceOf(SendResult.Rejected.class);
      assertThat(expected).isEqualTo("Rejected");
      assertThat(((SendResult.Rejected) result).answer()).startsWith(answer);
    }
  }

  private static MockResponse taken(ExportProfilesPartialSuccess partial) {
    byte[] body =
        ExportProfilesServiceResponse.newBuilder().setPartialSuccess(partial).build().toByteArray();
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/x-protobuf")
        .body(new Buffer().write(body))
        .build();
  }

  private static MockResponse called(ExportProfilesPartialSuccess partial) {
    byte[] body =
        ExportProfilesServiceResponse.newBuilder().setPartialSuccess(partial).build().toByteArray();
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/grpc+proto")
        .body(new Buffer().writeByte(0).writeInt(body.length).write(body))
        .trailers(Headers.of("grpc-status", "0"))
        .build();
  }

  private static MockResponse called(String code, String message, String details) {
    Headers.Builder trailers = new Headers.Builder().add("grpc-status", code);
    if (!message.isEmpty()) {
      trailers.add("grpc-message", message);
    }
    if (!details.isEmpty()) {
      trailers.add("grpc-status-details-bin", details);
    }
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/grpc")
        .body(new Buffer().writeByte(0).writeInt(0))
        .trailers(trailers.build())
        .build();
  }

  /** google.rpc.Status with a google.rpc.RetryInfo, which is written out: no library has them. */
  private static byte[] status(String message, int seconds) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    byte[] type = "type.googleapis.com/google.rpc.RetryInfo".getBytes(StandardCharsets.US_ASCII);
    Buffer any = new Buffer().writeByte(0x0a).writeByte(type.length).write(type);
    any.writeByte(0x12).writeByte(4).writeByte(0x0a).writeByte(2).writeByte(8).writeByte(seconds);
    Buffer status = new Buffer().writeByte(0x08).writeByte(14);
    status.writeByte(0x12).writeByte(text.length).write(text);
    status.writeByte(0x1a).writeByte((int) any.size());
    status.write(any, any.size());
    return status.readByteArray();
  }

  private static byte[] body(RecordedRequest request) {
    return Objects.requireNonNull(request.getBody()).toByteArray();
  }

  private SendResult send(OtlpProtocol protocol) throws Exception {
    try (InputStream in =
        OtlpSenderTest.class.getResourceAsStream("/dev/stoker/otlp/go-mutex.pb.gz")) {
      Labels labels = Labels.of("service_name", "shop");
      byte[] body = Objects.requireNonNull(in).readAllBytes();
      return send(protocol, OutgoingProfile.of(labels, "", body, 1_800_000_000_000L));
    }
  }

  private SendResult send(OtlpProtocol protocol, OutgoingProfile profile) throws Exception {
    Context context = vertx.getOrCreateContext();
    VertxTimers timers = new VertxTimers(vertx, context);
    EndpointConfig config = config(protocol);
    ClientAccess settings = new ClientAccess(config.http(), vertx, timers);
    OtlpWrite.Services services = services(timers);
    Promise<SendResult> result = Promise.promise();
    context.runOnContext(
        ignored ->
            settings
                .open()
                .compose(opened -> new OtlpSender(config, services, settings).send(profile))
                .onComplete(result));
    return result.future().await(20, TimeUnit.SECONDS);
  }

  private EndpointConfig config(OtlpProtocol protocol) {
    MockWebServer server = protocol == OtlpProtocol.GRPC ? grpc : http;
    return new EndpointConfig(
        protocol,
        "",
        URI.create("http://127.0.0.1:" + server.getPort() + "/base/"),
        Map.of("X-Scope-OrgID", "team"),
        Duration.ofSeconds(10),
        EndpointConfig.Retry.DEFAULT,
        false,
        QueueConfig.DEFAULT,
        HttpClientConfig.DEFAULT);
  }

  private OtlpWrite.Services services(VertxTimers timers) {
    QueueRoot unused = new QueueRoot(new StorageFolder(Path.of("unused")));
    return new OtlpWrite.Services(
        vertx,
        new EndpointServices(
            timers,
            registry,
            new QueueGauges(registry, timers),
            new DiskQueues(unused, DiskFiles.REAL, Runnable::run, Runnable::run),
            new Verdicts()),
        "Stoker",
        OtlpSenderTest::encode);
  }

  private static Future<Encoded> encode(byte[] body, Series series) {
    try (Workspace workspace = new Workspace()) {
      return Future.succeededFuture(ProfileEncoder.encode(body, series, 1 << 24, workspace));
    } catch (MalformedProfileException malformed) {
      return Future.failedFuture(malformed);
    }
  }
}
