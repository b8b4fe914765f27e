package dev.stoker.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials, TLS and redirects of a request, on real sockets. */
class ClientAccessTest {
  private static final String FINE = "200 profile";

  @StartStop public final MockWebServer target = new MockWebServer();
  @StartStop public final MockWebServer other = new MockWebServer();
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final VertxTimers timers = new VertxTimers(vertx, context);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void basicAndBearer_areSent_andNothingByDefault() throws Exception {
    target.setDispatcher(always(new MockResponse.Builder().body("profile").build()));

    ask(HttpClientConfig.DEFAULT, url(target));
    assertThat(header(target, "Authorization")).isNull();
    ask(with(new Auth.Basic("me", Secret.text("p:ss"))), url(target));
    assertThat(header(target, "Authorization")).isEqualTo("Basic bWU6cDpzcw==");
    ask(with(new Auth.Authorization("Token", Secret.text("abc"))), url(target));
    assertThat(header(target, "Authorization")).isEqualTo("Token abc");
  }

  @Test
  void aRotatedFile_isReadAgain() throws Exception {
    target.setDispatcher(always(new MockResponse.Builder().body("profile").build()));
    Path file = Files.writeString(folder.resolve("token"), "one\n");
    BoundedClient client =
        open(with(new Auth.Authorization("Bearer", Secret.file(file.toString()))));

    ask(client, url(target));
    assertThat(header(target, "Authorization")).isEqualTo("Bearer one");
    Files.writeString(file, "another");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              ask(client, url(target));
              assertThat(header(target, "Authorization")).isEqualTo("Bearer another");
            });
    Files.delete(file);
    ask(client, url(target));
    assertThat(header(target, "Authorization")).isEqualTo("Bearer another");
  }

  @Test
  void aMissingFile_isNamed_andNothingIsAsked() throws Exception {
    String file = folder.resolve("gone").toString();

    String error = ask(with(new Auth.Basic("me", Secret.file(file))), url(target));

    assertThat(error).contains("basic_auth.password_file", file, "check path and permissions");
    assertThat(target.getRequestCount()).isZero();
  }

  /** Whoever puts a login on a request itself is under the same rule as the settings are. */
  @Test
  void credentials_neverGoToAnotherHost() throws Exception {
    target.setDispatcher(
        always(
            new MockResponse.Builder()
                .code(302)
                .addHeader("Location", "http://localhost:" + other.getPort() + "/x")
                .build()));
    other.setDispatcher(always(new MockResponse.Builder().body("profile").build()));

    HttpClientConfig login =
        with(new Auth.Basic("me", Secret.text("secret")))
            .withHeaders(Map.of("X-Key", List.of(Secret.text("key"))));
    assertThat(ask(login, url(target))).isEqualTo(FINE);
    assertThat(header(target, "Authorization")).isNotNull();
    RecordedRequest second = other.takeRequest(10, TimeUnit.SECONDS);
    assertThat(second.getHeaders().get("Authorization")).isNull();
    assertThat(second.getHeaders().get("X-Key")).isNull();

    Map<String, String> own =
        Map.of("authorization", "Bearer own", "Cookie", "own", "X-Trace", "1");
    BoundedClient client = open(HttpClientConfig.DEFAULT);
    assertThat(on(() -> client.get(URI.create(url(target)), own, null)).status()).isEqualTo(200);
    assertThat(header(target, "Authorization")).isEqualTo("Bearer own");
    second = other.takeRequest(10, TimeUnit.SECONDS);
    assertThat(second.getHeaders().get("Authorization")).isNull();
    assertThat(second.getHeaders().get("Cookie")).isNull();
    assertThat(second.getHeaders().get("X-Trace")).isEqualTo("1");
  }

  @Test
  void redirects_areNotFollowedWhenNotWanted() throws Exception {
    target.setDispatcher(
        always(new MockResponse.Builder().code(301).addHeader("Location", "/else").build()));

    assertThat(ask(HttpClientConfig.DEFAULT.with(false, true), url(target))).startsWith("301");

    assertThat(target.getRequestCount()).isEqualTo(1);
  }

  @Test
  void redirectsWithoutEnd_areTenAtMost() throws Exception {
    target.setDispatcher(
        always(new MockResponse.Builder().code(302).addHeader("Location", "/again").build()));

    assertThat(ask(HttpClientConfig.DEFAULT, url(target)))
        .isEqualTo("redirected more than 10 times");

    assertThat(target.getRequestCount()).isEqualTo(11);
  }

  @Test
  void tls_ownCa_serverName_clientCertificate() throws Exception {
    HeldCertificate ca = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate server =
        new HeldCertificate.Builder().signedBy(ca).addSubjectAlternativeName("app.test").build();
    HeldCertificate client = new HeldCertificate.Builder().signedBy(ca).build();
    try (MockWebServer https = new MockWebServer()) {
      https.useHttps(
          new HandshakeCertificates.Builder()
              .heldCertificate(server, ca.certificate())
              .addTrustedCertificate(ca.certificate())
              .build()
              .sslSocketFactory());
      https.requireClientAuth();
      https.setDispatcher(always(new MockResponse.Builder().body("profile").build()));
      https.start();
      String url = "https://127.0.0.1:" + https.getPort() + "/p";
      Secret trust = Secret.text(ca.certificatePem());
      Secret cert = Secret.text(client.certificatePem());
      Secret key = Secret.text(client.privateKeyPkcs8Pem());

      assertThat(ask(HttpClientConfig.DEFAULT, url)).contains("no TLS with", "tls_config");
      assertThat(ask(tls(new Tls(trust, cert, key, "", false)), url))
          .contains("no TLS with", "127.0.0.1");
      assertThat(ask(tls(new Tls(trust, cert, key, "app.test", false)), url)).isEqualTo(FINE);
      RecordedRequest request = https.takeRequest(10, TimeUnit.SECONDS);
      assertThat(request.getHeaders().get(":authority")).isEqualTo("127.0.0.1:" + https.getPort());
      assertThat(ask(tls(new Tls(Secret.NONE, cert, key, "", true)), url)).isEqualTo(FINE);
      assertThat(ask(tls(new Tls(trust, Secret.NONE, Secret.NONE, "app.test", false)), url))
          .as("no client certificate")
          .contains("tls_config.cert_file");
    }
  }

  @Test
  void secrets_areNeverPrinted() {
    HttpClientConfig config =
        HttpClientConfig.DEFAULT
            .with(new Auth.Basic("me", Secret.text("hunter2")))
            .with(new Tls(Secret.NONE, Secret.NONE, Secret.text("hunter2"), "", false));

    assertThat(config.toString()).contains("***").doesNotContain("hunter2");
  }

  private static HttpClientConfig with(Auth auth) {
    return HttpClientConfig.DEFAULT.with(auth);
  }

  private static HttpClientConfig tls(Tls tls) {
    return HttpClientConfig.DEFAULT.with(tls);
  }

  private static String url(MockWebServer server) {
    return server.url("/debug/pprof/allocs").toString();
  }

  private static @Nullable String header(MockWebServer server, String name) throws Exception {
    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request.getHeaders().get(name);
  }

  private String ask(HttpClientConfig config, String url) throws Exception {
    return ask(open(config), url);
  }

  /** Status and body of the answer, or the failure's message. */
  private String ask(BoundedClient client, String url) throws Exception {
    return on(
        () ->
            client
                .get(URI.create(url), Map.of(), null)
                .map(answer -> answer.status() + " " + answer.body())
                .otherwise(failure -> String.valueOf(failure.getMessage())));
  }

  private BoundedClient open(HttpClientConfig config) throws Exception {
    ClientAccess access = new ClientAccess(config, vertx, timers);
    on(access::open);
    BoundedClient.Limits limits = new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20);
    return new BoundedClient(vertx, timers, access, limits, "Stoker/test");
  }

  /** Runs on the control context, as all of it must. */
  private <T> T on(Supplier<Future<T>> call) throws Exception {
    Promise<T> promise = Promise.promise();
    context.runOnContext(ignored -> call.get().onComplete(promise));
    return promise.future().await(20, TimeUnit.SECONDS);
  }

  private static Dispatcher always(MockResponse response) {
    return new Dispatcher() {
      @Override
      public MockResponse dispatch(RecordedRequest request) {
        return response;
      }
    };
  }
}
