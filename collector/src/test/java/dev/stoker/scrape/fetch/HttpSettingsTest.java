package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

/** Credentials, TLS and redirects of a scrape, on real sockets. */
class HttpSettingsTest {
  private static final String OK = "profile";

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
    target.setDispatcher(always(new MockResponse.Builder().body(OK).build()));

    scrape(HttpClientConfig.DEFAULT, url(target));
    assertThat(authorization(target)).isNull();
    scrape(with(new Auth.Basic("me", Secret.text("p:ss"))), url(target));
    assertThat(authorization(target)).isEqualTo("Basic bWU6cDpzcw==");
    scrape(with(new Auth.Authorization("Token", Secret.text("abc"))), url(target));
    assertThat(authorization(target)).isEqualTo("Token abc");
  }

  @Test
  void aRotatedFile_isReadAgain() throws Exception {
    target.setDispatcher(always(new MockResponse.Builder().body(OK).build()));
    Path file = Files.writeString(folder.resolve("token"), "one\n");
    ClientAccess settings =
        open(with(new Auth.Authorization("Bearer", Secret.file(file.toString()))));

    fetch(settings, url(target));
    assertThat(authorization(target)).isEqualTo("Bearer one");
    Files.writeString(file, "another");
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              fetch(settings, url(target));
              assertThat(authorization(target)).isEqualTo("Bearer another");
            });
    Files.delete(file);
    fetch(settings, url(target));
    assertThat(authorization(target)).isEqualTo("Bearer another");
  }

  @Test
  void aMissingFile_isNamed_andNothingIsAsked() throws Exception {
    String file = folder.resolve("gone").toString();

    String error = error(scrape(with(new Auth.Basic("me", Secret.file(file))), url(target)));

    assertThat(error).contains("basic_auth.password_file", file, "check path and permissions");
    assertThat(target.getRequestCount()).isZero();
  }

  @Test
  void credentials_neverGoToAnotherHost() throws Exception {
    target.setDispatcher(
        always(
            new MockResponse.Builder()
                .code(302)
                .addHeader("Location", "http://localhost:" + other.getPort() + "/x")
                .build()));
    other.setDispatcher(always(new MockResponse.Builder().body(OK).build()));

    ScrapeResult result = scrape(with(new Auth.Basic("me", Secret.text("secret"))), url(target));

    assertThat(result).isInstanceOf(ScrapeResult.Fetched.class);
    assertThat(authorization(target)).isNotNull();
    assertThat(authorization(other)).isNull();
  }

  @Test
  void redirects_areRefusedWhenNotWanted() throws Exception {
    target.setDispatcher(
        always(new MockResponse.Builder().code(301).addHeader("Location", "/else").build()));

    String error = error(scrape(HttpClientConfig.DEFAULT.with(false, true), url(target)));

    assertThat(error).contains("301", "/else", "follow_redirects = false");
    assertThat(target.getRequestCount()).isEqualTo(1);
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
      https.setDispatcher(always(new MockResponse.Builder().body(OK).build()));
      https.start();
      String url = "https://127.0.0.1:" + https.getPort() + "/p";
      Secret trust = Secret.text(ca.certificatePem());
      Secret cert = Secret.text(client.certificatePem());
      Secret key = Secret.text(client.privateKeyPkcs8Pem());

      assertThat(error(scrape(HttpClientConfig.DEFAULT, url)))
          .contains("no TLS with", "tls_config");
      assertThat(error(scrape(tls(new Tls(trust, cert, key, "", false)), url)))
          .contains("no TLS with", "127.0.0.1");
      assertThat(scrape(tls(new Tls(trust, cert, key, "app.test", false)), url))
          .isInstanceOf(ScrapeResult.Fetched.class);
      RecordedRequest request = https.takeRequest(10, TimeUnit.SECONDS);
      assertThat(request.getHeaders().get(":authority")).isEqualTo("127.0.0.1:" + https.getPort());
      assertThat(scrape(tls(new Tls(Secret.NONE, cert, key, "", true)), url))
          .isInstanceOf(ScrapeResult.Fetched.class);
      assertThat(scrape(tls(new Tls(trust, Secret.NONE, Secret.NONE, "app.test", false)), url))
          .as("no client certificate")
          .isInstanceOf(ScrapeResult.Failed.class);
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

  private static @Nullable String authorization(MockWebServer server) throws Exception {
    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request.getHeaders().get("Authorization");
  }

  private static String error(ScrapeResult result) {
    assertThat(result).isInstanceOf(ScrapeResult.Failed.class);
    return ((ScrapeResult.Failed) result).message();
  }

  private ScrapeResult scrape(HttpClientConfig config, String url) throws Exception {
    return fetch(open(config), url);
  }

  private ClientAccess open(HttpClientConfig config) throws Exception {
    ClientAccess settings = new ClientAccess(config, vertx, timers);
    Promise<Void> opened = Promise.promise();
    context.runOnContext(ignored -> settings.open().onComplete(opened));
    opened.future().await(20, TimeUnit.SECONDS);
    return settings;
  }

  private ScrapeResult fetch(ClientAccess settings, String url) throws Exception {
    Promise<ScrapeResult> promise = Promise.promise();
    context.runOnContext(
        ignored ->
            new HttpScraper(
                    new HttpScraper.Tools(
                        ScrapeClient.create(vertx, timers),
                        timers,
                        new BodyBudget(1 << 20, timers),
                        "Stoker/test"),
                    settings)
                .scrape(target(url))
                .result()
                .onComplete(promise));
    return promise.future().await(20, TimeUnit.SECONDS);
  }

  private static Target target(String url) {
    return new Target(
        url,
        URI.create(url),
        new ProfileType("memory", true, "/", false),
        Labels.empty(),
        Labels.empty(),
        url,
        new Target.Plan(1_000, 0, 10_000, 1 << 20, 1 << 20),
        Target.DeltaMode.NONE);
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
