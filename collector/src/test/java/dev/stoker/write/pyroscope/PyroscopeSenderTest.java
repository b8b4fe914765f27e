package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.labels.Labels;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The push on real sockets: what goes out, and what each kind of answer is taken for. */
class PyroscopeSenderTest {
  private static final byte[] BODY =
      "profile bytes".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  @StartStop public final MockWebServer server = new MockWebServer();

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void push_isConnectUnary_withHeadersAndCredentialsOfTheUrl() throws Exception {
    server.enqueue(accepting().build());

    assertThat(send(config("http://me:p%40ss@127.0.0.1:" + server.getPort() + "/prefix/", false)))
        .isInstanceOf(SendResult.Accepted.class);

    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request.getUrl().encodedPath()).isEqualTo("/prefix/push.v1.PusherService/Push");
    assertThat(request.getMethod()).isEqualTo("POST");
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/proto");
    assertThat(request.getHeaders().get("Connect-Protocol-Version")).isEqualTo("1");
    assertThat(request.getHeaders().get("X-Scope-OrgID")).isEqualTo("team");
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Basic bWU6cEBzcw==");
    assertThat(request.getBody().toByteArray()).endsWith(BODY);
  }

  @Test
  void tenantOfTheProfile_goesBeforeTheEndpoints_andAHostileOneIsNotSent() throws Exception {
    server.enqueue(accepting().build());
    EndpointConfig config = config(server.url("/").toString(), false);

    assertThat(send(config, "mine")).isInstanceOf(SendResult.Accepted.class);
    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request.getHeaders().values("X-Scope-OrgID")).containsExactly("mine");

    SendResult refused = send(config, "a\r\nAuthorization: b");
    assertThat(((SendResult.Rejected) refused).answer()).contains("__tenant_id__");
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void aLargeBody_arrivesWhole_overEachVersionOfHttp() throws Exception {
    byte[] body = new byte[3_000_000];
    new java.util.Random(1).nextBytes(body);
    server.enqueue(accepting().build());
    assertThat(send(config(server.url("/").toString(), false), body))
        .isInstanceOf(SendResult.Accepted.class);
    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request.getHeaders().get("Transfer-Encoding")).isNull();
    byte[] came = request.getBody().toByteArray();
    assertThat(request.getHeaders().get("Content-Length")).isEqualTo("" + came.length);
    assertThat(Arrays.equals(came, came.length - body.length, came.length, body, 0, body.length))
        .isTrue();

    try (MockWebServer h2 = new MockWebServer()) {
      h2.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      h2.start();
      h2.enqueue(accepting().build());
      assertThat(send(config("http://127.0.0.1:" + h2.getPort(), true), body))
          .isInstanceOf(SendResult.Accepted.class);
      came = h2.takeRequest(10, TimeUnit.SECONDS).getBody().toByteArray();
      assertThat(Arrays.equals(came, came.length - body.length, came.length, body, 0, body.length))
          .isTrue();
    }
  }

  /** Ten profiles of 8 MB took 80 MB, and direct memory has 64 MiB. */
  @Test
  void largeBodiesThatAServerDoesNotRead_takeLittleDirectMemory() throws Exception {
    byte[] body = new byte[8_000_000];
    try (ServerSocket deaf = new ServerSocket(0)) {
      Context context = vertx.getOrCreateContext();
      VertxTimers timers = new VertxTimers(vertx, context);
      EndpointConfig config =
          config("http://127.0.0.1:" + deaf.getLocalPort(), false, Duration.ofSeconds(60));
      ClientAccess settings = new ClientAccess(config.http(), vertx, timers);
      settings.open().await(20, TimeUnit.SECONDS);
      PyroscopeSender sender =
          new PyroscopeSender(config, TestServices.of(vertx, timers), settings);
      long before = PlatformDependent.usedDirectMemory();
      for (int i = 0; i < 10; i++) {
        context.runOnContext(ignored -> sender.send(OutgoingProfile.of(Labels.empty(), body, 1)));
      }
      List<Socket> accepted = new ArrayList<>();
      while (accepted.size() < 10) {
        accepted.add(deaf.accept());
      }
      for (Socket socket : accepted) {
        assertThat(socket.getInputStream().read()).as("it has begun").isEqualTo('P');
      }
      assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(16 << 20);
      for (Socket socket : accepted) {
        socket.close();
      }
      sender.close().await(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void h2c_speaksHttp2WithPriorKnowledge() throws Exception {
    try (MockWebServer h2 = new MockWebServer()) {
      h2.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      h2.start();
      h2.enqueue(accepting().build());

      assertThat(send(config("http://127.0.0.1:" + h2.getPort(), true)))
          .isInstanceOf(SendResult.Accepted.class);
      assertThat(h2.takeRequest(10, TimeUnit.SECONDS).getBody().toByteArray()).endsWith(BODY);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, Accepted",
    "204, Accepted",
    "302, MISCONFIGURED",
    "400, Rejected",
    "401, MISCONFIGURED",
    "403, MISCONFIGURED",
    "404, MISCONFIGURED",
    "408, UNAVAILABLE",
    "413, Rejected",
    "415, Rejected",
    "429, THROTTLED",
    "500, UNAVAILABLE",
    "501, Rejected",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
    "504, UNAVAILABLE",
  })
  void status_isTakenAsTheTableSays(int status, String expected) throws Exception {
    server.enqueue(
        new MockResponse.Builder()
            .code(status)
            .addHeader("Content-Type", "application/proto")
            .addHeader("Location", "http://127.0.0.1:1/")
            .body("{\"code\":\"some_code\",\"message\":\"why\\u0007\\nnot\"}")
            .build());

    SendResult result = send(config(server.url("/").toString(), false));

    if (result instanceof SendResult.Retryable retryable) {
      assertThat(retryable.kind()).isEqualTo(Kind.valueOf(expected));
      assertThat(retryable.answer()).startsWith(status + " some_code why not");
    } else if (result instanceof SendResult.Rejected rejected) {
      assertThat(expected).isEqualTo("Rejected");
      assertThat(rejected.answer()).isEqualTo(status + " some_code why not");
    } else {
      assertThat(expected).isEqualTo("Accepted");
    }
    assertThat(server.getRequestCount()).as("no redirect is followed").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/proto",
        "Application/PROTO",
        "application/proto; charset=utf-8",
        "application/proto;x=y"
      })
  void mediaTypeOfTheProtocol_isADelivery_whateverItsParameters(String type) throws Exception {
    server.enqueue(new MockResponse.Builder().code(200).addHeader("Content-Type", type).build());

    assertThat(send(config(server.url("/").toString(), false)))
        .isInstanceOf(SendResult.Accepted.class);
  }

  @ParameterizedTest
  @CsvSource({
    "200, text/html, answer is HTML: a login page or a proxy? (200 with Content-Type text/html: Login Please log in)",
    "200, application/proto, ''",
    "200, application/octet-stream, answer is HTML: a login page or a proxy? (200 with Content-Type application/octet-stream: Login",
    "201, application/json, answer is HTML: a login page or a proxy? (201",
    "200, '', answer is HTML: a login page or a proxy? (200 without a Content-Type: Login",
    "200, application/protobuf, answer is HTML",
    "200, application/connect+proto, answer is HTML",
  })
  void successOfAnotherMediaType_isNoDelivery_andSaysWhatCame(
      int status, String type, String expected) throws Exception {
    String page =
        "<!doctype html><html><head><title>Login</title></head><body>Please\nlog in</body></html>";
    MockResponse.Builder answer = new MockResponse.Builder().code(status).body(page);
    MockResponse built =
        type.isEmpty() ? answer.build() : answer.addHeader("Content-Type", type).build();
    server.enqueue(built);
    server.enqueue(built);
    EndpointConfig config = config(server.url("/").toString(), false);

    SendResult result = send(config);

    if (expected.isEmpty()) {
      assertThat(result).isInstanceOf(SendResult.Accepted.class);
    } else {
      assertThat(((SendResult.Retryable) result).kind()).isEqualTo(Kind.MISCONFIGURED);
      assertThat(((SendResult.Retryable) result).answer())
          .startsWith(expected)
          .contains("accept_any_2xx = true")
          .hasSizeLessThan(500);
    }
    assertThat(send(lenient(config))).isInstanceOf(SendResult.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void emptySuccessWithoutAMediaType_isNoDelivery(boolean h2c) throws Exception {
    if (h2c) {
      server.close();
    }
    try (MockWebServer other = new MockWebServer()) {
      other.setProtocols(List.of(h2c ? Protocol.H2_PRIOR_KNOWLEDGE : Protocol.HTTP_1_1));
      other.start();
      other.enqueue(new MockResponse.Builder().code(200).build());

      SendResult.Retryable result =
          (SendResult.Retryable) send(config("http://127.0.0.1:" + other.getPort(), h2c));

      assertThat(result.kind()).isEqualTo(Kind.MISCONFIGURED);
      assertThat(result.answer())
          .startsWith(
              "answer is not Pyroscope's; is url right, or is a proxy in between? (200 without a"
                  + " Content-Type, an empty body)");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 100 Continue, interim ones",
    "HTTP/1.1 103 Early Hints, interim ones",
    "HTTP/1.1 102 Processing, no answer to a request",
    "HTTP/1.1 101 Switching Protocols, no answer to a request"
  })
  void interimAnswersWithoutEnd_areNoDelivery_andAreCut(String head, String expected)
      throws Exception {
    AtomicLong sent = new AtomicLong();
    try (ServerSocket endless = new ServerSocket(0)) {
      Thread server =
          new Thread(
              () -> {
                try (Socket client = endless.accept()) {
                  byte[] interim = (head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
                  client.getInputStream().read();
                  while (true) {
                    client.getOutputStream().write(interim);
                    sent.addAndGet(interim.length);
                  }
                } catch (IOException cut) {
                  // as it should be
                }
              });
      server.start();

      SendResult.Retryable result =
          (SendResult.Retryable) send(config("http://127.0.0.1:" + endless.getLocalPort(), false));

      assertThat(result.kind()).isEqualTo(Kind.MISCONFIGURED);
      assertThat(result.answer()).contains(expected);
      server.join(10_000);
      assertThat(server.isAlive()).as("the connection is closed").isFalse();
      assertThat(sent.get()).isLessThan(64 << 20);
    }
  }

  @Test
  void retryAfter_isHandedOn() throws Exception {
    server.enqueue(new MockResponse.Builder().code(429).addHeader("Retry-After", "7").build());

    assertThat(send(config(server.url("/").toString(), false)))
        .isEqualTo(new SendResult.Retryable(Kind.THROTTLED, "429", 7_000L));
  }

  @Test
  void refused_isUnreachable() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    SendResult refused = send(config("http://127.0.0.1:" + free, false));
    assertRetryable(refused, Kind.UNREACHABLE, "cannot connect");
  }

  @Test
  void closedAfterTheRequestWasSent_isUnavailable() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      Thread peer =
          new Thread(
              () -> {
                try (Socket accepted = socket.accept()) {
                  accepted.getInputStream().read(new byte[4096]);
                } catch (IOException closed) {
                  throw new java.io.UncheckedIOException(closed);
                }
              });
      peer.start();
      assertUnavailable(
          send(config("http://127.0.0.1:" + socket.getLocalPort(), false)), "connection broke");
      peer.join();
    }
  }

  @Test
  void noAnswer_endsAtRemoteTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      EndpointConfig config =
          config("http://127.0.0.1:" + silent.getLocalPort(), false, Duration.ofMillis(200));
      assertUnavailable(send(config), "no answer within remote_timeout (200 ms)");
    }
  }

  @Test
  void answerThatDrips_endsAtRemoteTimeout() throws Exception {
    server.enqueue(
        accepting().throttleBody(1, 50, TimeUnit.MILLISECONDS).body("x".repeat(10_000)).build());
    EndpointConfig config = config(server.url("/").toString(), false, Duration.ofMillis(300));
    assertUnavailable(send(config), "no answer within remote_timeout");
  }

  @Test
  void endlessAnswer_isCut() throws Exception {
    server.enqueue(new MockResponse.Builder().code(500).body("y".repeat(8 << 20)).build());

    SendResult result = send(config(server.url("/").toString(), false));

    assertThat(((SendResult.Retryable) result).answer()).hasSizeLessThan(400).startsWith("500 yy");
  }

  @Test
  void slowServer_isWaitedFor() throws Exception {
    server.enqueue(accepting().headersDelay(500, TimeUnit.MILLISECONDS).build());

    assertThat(send(config(server.url("/").toString(), false)))
        .isInstanceOf(SendResult.Accepted.class);
  }

  @Test
  void https_speaksHttp2_withAnOwnCa() throws Exception {
    HeldCertificate ca = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate certificate =
        new HeldCertificate.Builder().signedBy(ca).addSubjectAlternativeName("127.0.0.1").build();
    try (MockWebServer https = new MockWebServer()) {
      https.useHttps(
          new HandshakeCertificates.Builder()
              .heldCertificate(certificate, ca.certificate())
              .build()
              .sslSocketFactory());
      https.start();
      https.enqueue(accepting().build());
      String url = "https://127.0.0.1:" + https.getPort();
      Tls tls = new Tls(Secret.text(ca.certificatePem()), Secret.NONE, Secret.NONE, "", false);

      assertThat(
              send(config(url, false, Duration.ofSeconds(10), HttpClientConfig.DEFAULT.with(tls))))
          .isInstanceOf(SendResult.Accepted.class);
      assertThat(https.takeRequest(10, TimeUnit.SECONDS).getVersion()).isEqualTo("HTTP/2");
      SendResult untrusted = send(config(url, false));
      assertRetryable(untrusted, Kind.UNREACHABLE, "not in the JVM's trust store");
    }
  }

  @Test
  void missingPasswordFile_isNamed_andNothingIsSent() throws Exception {
    Auth auth = new Auth.Basic("me", Secret.file("/nowhere/password"));

    SendResult result =
        send(
            config(
                server.url("/").toString(),
                false,
                Duration.ofSeconds(10),
                HttpClientConfig.DEFAULT.with(auth)));

    assertThat(((SendResult.Retryable) result).answer())
        .contains("basic_auth.password_file", "/nowhere/password", "check path and permissions");
    assertThat(server.getRequestCount()).isZero();
  }

  private static MockResponse.Builder accepting() {
    return new MockResponse.Builder().code(200).addHeader("Content-Type", "application/proto");
  }

  private static void assertUnavailable(SendResult result, String why) {
    assertRetryable(result, Kind.UNAVAILABLE, why);
  }

  private static void assertRetryable(SendResult result, Kind kind, String why) {
    assertThat(result).isInstanceOf(SendResult.Retryable.class);
    SendResult.Retryable retryable = (SendResult.Retryable) result;
    assertThat(retryable.kind()).isEqualTo(kind);
    assertThat(retryable.answer()).contains(why);
  }

  private SendResult send(EndpointConfig config) throws Exception {
    return send(config, "");
  }

  private SendResult send(EndpointConfig config, byte[] body) throws Exception {
    return send(config, OutgoingProfile.of(Labels.of("__name__", "memory"), body, 1));
  }

  private SendResult send(EndpointConfig config, String tenant) throws Exception {
    Labels labels = Labels.of("__name__", "memory");
    return send(config, OutgoingProfile.of(labels, tenant, BODY, 1_800_000_000_000L));
  }

  private SendResult send(EndpointConfig config, OutgoingProfile profile) throws Exception {
    Context context = vertx.getOrCreateContext();
    VertxTimers timers = new VertxTimers(vertx, context);
    ClientAccess settings = new ClientAccess(config.http(), vertx, timers);
    Promise<SendResult> result = Promise.promise();
    context.runOnContext(
        ignored ->
            settings
                .open()
                .compose(
                    opened ->
                        new PyroscopeSender(config, TestServices.of(vertx, timers), settings)
                            .send(profile))
                .onComplete(result));
    return result.future().await(20, TimeUnit.SECONDS);
  }

  private static EndpointConfig config(String url, boolean h2c) {
    return config(url, h2c, Duration.ofSeconds(10));
  }

  private static EndpointConfig config(String url, boolean h2c, Duration timeout) {
    return config(url, h2c, timeout, HttpClientConfig.DEFAULT);
  }

  private static EndpointConfig config(
      String url, boolean h2c, Duration timeout, HttpClientConfig http) {
    return new EndpointConfig(
        PyroscopeProtocol.INSTANCE,
        "",
        URI.create(url),
        Map.of("X-Scope-OrgID", "team"),
        timeout,
        EndpointConfig.Retry.DEFAULT,
        h2c,
        QueueConfig.DEFAULT,
        http);
  }

  private static EndpointConfig lenient(EndpointConfig config) {
    return new EndpointConfig(
        PyroscopeProtocol.INSTANCE,
        config.name(),
        config.url(),
        config.headers(),
        config.remoteTimeout(),
        config.retry(),
        config.h2c(),
        config.queue(),
        config.http(),
        0,
        true);
  }
}
