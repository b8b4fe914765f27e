package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.proxy.NoProxy;
import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.ScrapeClient;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Target;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every setting of the HTTP client against real sockets, for a scrape, a push and discovery; time
 * is manual, so that files are looked at and tokens end when a test says so.
 */
class HttpMatrixTest {
  private static final long LOOK_MILLIS = 5_000;

  /** Who uses the settings. */
  enum User {
    SCRAPE,
    WRITE,
    DISCOVERY
  }

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(System.currentTimeMillis());
  private final List<MockWebServer> servers = new ArrayList<>();
  private final HeldCertificate ca = authority("one");
  @TempDir Path folder;

  @AfterEach
  void close() throws Exception {
    servers.forEach(MockWebServer::close);
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static HeldCertificate authority(String name) {
    return new HeldCertificate.Builder().commonName(name).certificateAuthority(0).build();
  }

  private static HeldCertificate signed(HeldCertificate by, String... names) {
    HeldCertificate.Builder builder = new HeldCertificate.Builder().signedBy(by);
    for (String name : names) {
      builder.addSubjectAlternativeName(name);
    }
    return builder.build();
  }

  private static HeldCertificate expired(HeldCertificate by) {
    long end = Instant.parse("2020-01-02T03:04:05Z").toEpochMilli();
    return new HeldCertificate.Builder()
        .signedBy(by)
        .addSubjectAlternativeName("127.0.0.1")
        .validityInterval(end - 1_000_000, end)
        .build();
  }

  /** Runs on the control context, as all of it must. */
  private <T> T on(Supplier<Future<T>> call) throws Exception {
    Promise<T> promise = Promise.promise();
    context.runOnContext(ignored -> call.get().onComplete(promise));
    return promise.future().await(20, TimeUnit.SECONDS);
  }

  private ClientAccess open(HttpClientConfig config) throws Exception {
    ClientAccess settings = new ClientAccess(config, vertx, timers);
    on(settings::open);
    return settings;
  }

  private void pass(long millis) throws Exception {
    on(
        () -> {
          timers.advance(millis);
          return Future.succeededFuture();
        });
  }

  /** Error of one request; "" = none. */
  private String ask(User user, ClientAccess settings, String url) throws Exception {
    return on(() -> user(user, settings, url));
  }

  private Future<String> user(User user, ClientAccess settings, String url) {
    switch (user) {
      case SCRAPE:
        return new HttpScraper(
                new HttpScraper.Tools(
                    ScrapeClient.create(vertx, timers),
                    timers,
                    new BodyBudget(1 << 20, timers),
                    "Stoker"),
                settings)
            .scrape(target(url))
            .result()
            .map(result -> result instanceof ScrapeResult.Failed failed ? failed.message() : "");
      case WRITE:
        return new PyroscopeSender(endpoint(url), TestServices.of(vertx, timers), settings)
            .send(
                OutgoingProfile.of(
                    Labels.of("__name__", "memory"), new byte[10], 1_800_000_000_000L))
            .map(result -> result instanceof SendResult.Retryable failed ? failed.answer() : "");
      default:
        BoundedClient.Limits limits = new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20);
        return new BoundedClient(vertx, timers, settings, limits, "Stoker")
            .get(URI.create(url), Map.of(), null)
            .map(answer -> answer.status() == 200 ? "" : "status " + answer.status())
            .otherwise(Throwable::getMessage);
    }
  }

  private static EndpointConfig endpoint(String url) {
    return new EndpointConfig(
        PyroscopeProtocol.INSTANCE,
        "",
        URI.create(url),
        Map.of(),
        Duration.ofSeconds(10),
        EndpointConfig.Retry.DEFAULT,
        false,
        QueueConfig.DEFAULT,
        HttpClientConfig.DEFAULT);
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

  /** Answers 200 to what has the header, else 401. */
  private MockWebServer server(Supplier<String> header, Supplier<String> value) throws Exception {
    MockWebServer server = new MockWebServer();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String sent = request.getHeaders().get(header.get());
            boolean right = value.get().isEmpty() || value.get().equals(sent);
            return new MockResponse.Builder()
                .code(right ? 200 : 401)
                .addHeader("Content-Type", "application/proto")
                .body("[]")
                .build();
          }
        });
    servers.add(server);
    return server;
  }

  private MockWebServer plain(String header, Supplier<String> value) throws Exception {
    MockWebServer server = server(() -> header, value);
    server.start();
    return server;
  }

  /** https, for clients that have a certificate of the CA. */
  private MockWebServer mutual(HeldCertificate certificate, HeldCertificate trusted)
      throws Exception {
    MockWebServer server = server(() -> "Accept", () -> "");
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate, trusted.certificate())
            .addTrustedCertificate(trusted.certificate())
            .build()
            .sslSocketFactory());
    server.requireClientAuth();
    server.start();
    return server;
  }

  private static String https(String host, MockWebServer server) {
    return "https://" + host + ":" + server.getPort() + "/p";
  }

  private static String http(String host, MockWebServer server) {
    return "http://" + host + ":" + server.getPort() + "/p";
  }

  private Secret file(String name, String text) throws Exception {
    return Secret.file(Files.writeString(folder.resolve(name), text).toString());
  }

  /** With files for all three. */
  private Tls tls(HeldCertificate authority, HeldCertificate client) throws Exception {
    return new Tls(
        file("ca.pem", authority.certificatePem()),
        file("tls.crt", client.certificatePem()),
        file("tls.key", client.privateKeyPkcs8Pem()),
        "",
        false);
  }

  private void awaitFine(User user, ClientAccess settings, String url) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(ask(user, settings, url)).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void credentials_andHeaders_areReadAgain_fromTheirFiles(User user) throws Exception {
    Map<String, Auth> auths =
        Map.of(
            "Basic " + Base64.getEncoder().encodeToString("me:".getBytes(StandardCharsets.UTF_8)),
            new Auth.Basic("me", file("basic", "")),
            "Bearer ",
            new Auth.Authorization("Bearer", file("bearer", "")),
            "Token ",
            new Auth.Authorization("Token", file("token", "")));
    for (Auth auth : auths.values()) {
      Secret secret =
          auth instanceof Auth.Basic basic
              ? basic.password()
              : ((Auth.Authorization) auth).credentials();
      Files.writeString(Path.of(secret.file()), "one\n");
      String[] now = {header(auth, "one")};
      MockWebServer server = plain("Authorization", () -> now[0]);
      ClientAccess settings = open(HttpClientConfig.DEFAULT.with(auth));

      assertThat(ask(user, settings, http("127.0.0.1", server))).isEmpty();
      now[0] = header(auth, "second");
      assertThat(ask(user, settings, http("127.0.0.1", server))).contains("401");
      Files.writeString(Path.of(secret.file()), "second\n");
      pass(LOOK_MILLIS);
      awaitFine(user, settings, http("127.0.0.1", server));
    }
    Secret header = file("header", "one");
    String[] now = {"one"};
    MockWebServer server = plain("X-Api-Key", () -> now[0]);
    ClientAccess settings =
        open(HttpClientConfig.DEFAULT.withHeaders(Map.of("X-Api-Key", List.of(header))));
    assertThat(ask(user, settings, http("127.0.0.1", server))).isEmpty();
    now[0] = "second";
    Files.writeString(Path.of(header.file()), "second");
    pass(LOOK_MILLIS);
    awaitFine(user, settings, http("127.0.0.1", server));
  }

  private static String header(Auth auth, String secret) {
    if (auth instanceof Auth.Authorization other) {
      return other.type() + " " + secret;
    }
    byte[] pair = ("me:" + secret).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  @ParameterizedTest
  @EnumSource
  void mutualTls_inline_andRotatedInFiles_aHalfRotatedPairIsNotTaken(User user) throws Exception {
    HeldCertificate client = signed(ca);
    MockWebServer server = mutual(signed(ca, "127.0.0.1"), ca);
    Tls inline =
        new Tls(
            Secret.text(ca.certificatePem()),
            Secret.text(client.certificatePem()),
            Secret.text(client.privateKeyPkcs8Pem()),
            "",
            false,
            true);
    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(inline)), https("127.0.0.1", server)))
        .isEmpty();

    HeldCertificate other = authority("two");
    HeldCertificate next = signed(other);
    MockWebServer moved = mutual(signed(other, "127.0.0.1"), other);
    ClientAccess settings = open(HttpClientConfig.DEFAULT.with(tls(ca, client)));
    assertThat(ask(user, settings, https("127.0.0.1", server))).isEmpty();
    assertThat(ask(user, settings, https("127.0.0.1", moved)))
        .contains("signed by CN=two", "ca_file " + folder.resolve("ca.pem"));

    file("tls.key", next.privateKeyPkcs8Pem());
    pass(LOOK_MILLIS);
    assertThat(ask(user, settings, https("127.0.0.1", server))).isEmpty();
    tls(other, next);
    pass(LOOK_MILLIS);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              pass(LOOK_MILLIS);
              assertThat(ask(user, settings, https("127.0.0.1", moved))).isEmpty();
            });
    assertThat(ask(user, settings, https("127.0.0.1", server))).contains("signed by CN=one");
  }

  @ParameterizedTest
  @EnumSource
  void expiry_andAWrongHost_nameTheFileAndTheReason(User user) throws Exception {
    HeldCertificate client = signed(ca);
    ClientAccess settings = open(HttpClientConfig.DEFAULT.with(tls(ca, client)));
    assertThat(ask(user, settings, https("127.0.0.1", mutual(expired(ca), ca))))
        .contains("the server's certificate", "expired at 2020-01-02T03:04:05Z");
    MockWebServer named = mutual(signed(ca, "app.test"), ca);
    assertThat(ask(user, settings, https("127.0.0.1", named)))
        .contains("is for app.test, not for 127.0.0.1", "tls_config.server_name");

    Tls late = tls(ca, expired(ca));
    MockWebServer server = mutual(signed(ca, "127.0.0.1"), ca);
    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(late)), https("127.0.0.1", server)))
        .contains(
            "tls_config.cert_file " + folder.resolve("tls.crt"), "expired at 2020-01-02T03:04:05Z");
    Tls none = new Tls(late.ca(), Secret.NONE, Secret.NONE, "", false);
    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(none)), https("127.0.0.1", server)))
        .contains("set tls_config.cert_file and key_file");
    Tls renamed = new Tls(late.ca(), late.cert(), late.key(), "app.test", false);
    tls(ca, client);
    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(renamed)), https("127.0.0.1", named)))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void insecureSkipVerify_takesAnyCertificate_andNothingElseDoes(User user) throws Exception {
    HeldCertificate client = signed(ca);
    Tls files = tls(ca, client);
    Secret stranger = Secret.text(authority("two").certificatePem());
    Map<MockWebServer, Secret> odd =
        Map.of(
            mutual(signed(ca, "127.0.0.1"), ca), stranger,
            mutual(signed(ca, "app.test"), ca), files.ca(),
            mutual(expired(ca), ca), files.ca());
    for (Map.Entry<MockWebServer, Secret> one : odd.entrySet()) {
      for (boolean skip : new boolean[] {true, false}) {
        Tls tls = new Tls(one.getValue(), files.cert(), files.key(), "", skip);
        String error =
            ask(user, open(HttpClientConfig.DEFAULT.with(tls)), https("127.0.0.1", one.getKey()));
        assertThat(error.isEmpty()).as(error).isEqualTo(skip);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void minVersion_refusesAnOlderServer_andHttp2CanBeSwitchedOff(User user) throws Exception {
    HeldCertificate certificate = signed(ca, "127.0.0.1");
    List<String> versions = new CopyOnWriteArrayList<>();
    HttpServer old =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2"))
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(certificate.certificatePem()))
                        .setKeyValue(Buffer.buffer(certificate.privateKeyPkcs8Pem()))));
    old.requestHandler(
        request -> {
          versions.add(request.version().name());
          request.response().putHeader("Content-Type", "application/proto").end("[]");
        });
    old.listen(0, "127.0.0.1").await(20, TimeUnit.SECONDS);
    String url = "https://127.0.0.1:" + old.actualPort() + "/p";
    Secret trust = Secret.text(ca.certificatePem());
    Tls both = new Tls(trust, Secret.NONE, Secret.NONE, "", false);
    Tls newest = new Tls(trust, Secret.NONE, Secret.NONE, "", false, true);

    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(both)), url)).isEmpty();
    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(both).with(true, false)), url))
        .isEmpty();
    assertThat(ask(user, open(HttpClientConfig.DEFAULT.with(newest)), url)).contains("no TLS with");
    assertThat(versions).containsExactly("HTTP_2", "HTTP_1_1");
  }

  /** A token server: tokens are numbered, the secret is as it is told. */
  private MockWebServer tokens(Supplier<String> secret, List<String> given) throws Exception {
    MockWebServer server = new MockWebServer();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String pair = "me:" + secret.get();
            String basic =
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
            String form = request.getBody().utf8();
            boolean right =
                basic.equals(request.getHeaders().get("Authorization"))
                    && form.contains("grant_type=client_credentials")
                    && form.contains("scope=a+b")
                    && form.contains("audience=x");
            if (!right) {
              return new MockResponse.Builder()
                  .code(401)
                  .body("{\"error\":\"invalid_client\"}")
                  .build();
            }
            given.add("token" + (given.size() + 1));
            return new MockResponse.Builder()
                .body(
                    "{\"access_token\":\""
                        + given.get(given.size() - 1)
                        + "\",\"token_type\":\"bearer\",\"expires_in\":600}")
                .build();
          }
        });
    servers.add(server);
    server.start();
    return server;
  }

  @ParameterizedTest
  @EnumSource
  void oauth2_refreshesBeforeExpiry_onceAfterA401_andReadsItsSecretAgain(User user)
      throws Exception {
    String[] secret = {"s3cret"};
    List<String> given = new CopyOnWriteArrayList<>();
    MockWebServer tokens = tokens(() -> secret[0], given);
    String[] wanted = {"Bearer token1"};
    MockWebServer server = plain("Authorization", () -> wanted[0]);
    String url = http("127.0.0.1", server);
    Secret file = file("client", "s3cret\n");
    ClientAccess settings =
        open(
            HttpClientConfig.DEFAULT.with(
                new Auth.OAuth2(
                    "me",
                    file,
                    tokens.url("/token").uri(),
                    List.of("a", "b"),
                    Map.of("audience", "x"),
                    HttpClientConfig.DEFAULT)));

    assertThat(ask(user, settings, url)).isEmpty();
    assertThat(ask(user, settings, url)).isEmpty();
    assertThat(given).as("the token is kept").hasSize(1);

    pass(Duration.ofSeconds(545).toMillis());
    assertThat(ask(user, settings, url)).as("the old one is good still").isEmpty();
    Awaitility.await().until(() -> given.size() == 2);
    wanted[0] = "Bearer token2";
    awaitFine(user, settings, url);

    pass(Duration.ofSeconds(10).toMillis());
    wanted[0] = "Bearer token3";
    assertThat(ask(user, settings, url)).contains("401");
    assertThat(ask(user, settings, url)).isEmpty();
    wanted[0] = "Bearer never";
    assertThat(ask(user, settings, url)).contains("401");
    assertThat(ask(user, settings, url)).contains("401");
    assertThat(given).as("a fresh token that is refused is no reason for another").hasSize(3);

    secret[0] = "second";
    wanted[0] = "Bearer token4";
    Files.writeString(Path.of(file.file()), "second");
    pass(Duration.ofSeconds(700).toMillis());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              pass(LOOK_MILLIS);
              assertThat(ask(user, settings, url)).isEmpty();
            });
    secret[0] = "third";
    pass(Duration.ofSeconds(700).toMillis());
    assertThat(ask(user, settings, url))
        .contains("no oauth2 token from token_url " + tokens.url("/token"), "invalid_client");
  }

  @Test
  void oauth2_aFileOfItsOwnClientThatIsMissing_isAProblemFromTheStart() throws Exception {
    Tls tls = new Tls(Secret.file("/nowhere/ca.pem"), Secret.NONE, Secret.NONE, "", false);
    ClientAccess settings =
        open(
            HttpClientConfig.DEFAULT.with(
                new Auth.OAuth2(
                    "me",
                    Secret.text("s"),
                    URI.create("https://127.0.0.1:1/token"),
                    List.of(),
                    Map.of(),
                    HttpClientConfig.DEFAULT.with(tls))));

    assertThat(settings.problem()).contains("oauth2: tls_config.ca_file /nowhere/ca.pem");
  }

  private static HttpClientConfig through(String proxy, String except, String header) {
    Proxies.Server server = Objects.requireNonNull(Proxies.Server.parse(proxy));
    return HttpClientConfig.DEFAULT.with(
        new Proxies(
            Optional.of(server),
            Optional.of(server),
            except.isEmpty() ? NoProxy.NOTHING : NoProxy.of(except),
            header.isEmpty() ? Secret.NONE : Secret.text(header)));
  }

  @ParameterizedTest
  @EnumSource
  void httpProxy_plain_connect_login_andExceptions(User user) throws Exception {
    MockWebServer server = plain("Accept", () -> "");
    HeldCertificate client = signed(ca);
    MockWebServer secure = mutual(signed(ca, "app.test"), ca);
    String login =
        "Basic " + Base64.getEncoder().encodeToString("u:p@".getBytes(StandardCharsets.UTF_8));
    try (TestProxy proxy = new TestProxy(login)) {
      String right = "http://u:p%40@127.0.0.1:" + proxy.port();
      String wrong = "http://u:bad@127.0.0.1:" + proxy.port();

      assertThat(ask(user, open(through(right, "", "")), http("app.test", server))).isEmpty();
      assertThat(proxy.seen())
          .singleElement()
          .asString()
          .contains(" http://app.test:" + server.getPort() + "/p");
      HttpClientConfig tls = through(right, "", "").with(tls(ca, client));
      assertThat(ask(user, open(tls), https("app.test", secure))).isEmpty();
      assertThat(proxy.seen().get(1)).isEqualTo("CONNECT app.test:" + secure.getPort());
      HttpClientConfig header = through("http://127.0.0.1:" + proxy.port(), "", login);
      assertThat(ask(user, open(header.with(tls(ca, client))), https("app.test", secure)))
          .as("proxy_connect_header")
          .isEmpty();

      HttpClientConfig refused = through(wrong, "", "").with(tls(ca, client));
      assertThat(ask(user, open(refused), https("app.test", secure)))
          .contains("proxy http://127.0.0.1:" + proxy.port(), "407", "proxy_url")
          .doesNotContain("bad");
      int asked = proxy.seen().size();
      ClientAccess direct = open(through(right, "other.test,127.0.0.0/8", ""));
      assertThat(ask(user, direct, http("127.0.0.1", server))).isEmpty();
      assertThat(proxy.seen()).hasSize(asked);
    }
  }

  @ParameterizedTest
  @EnumSource
  void socks5Proxy_withLogin_forBothSchemes(User user) throws Exception {
    MockWebServer server = plain("Accept", () -> "");
    HeldCertificate client = signed(ca);
    MockWebServer secure = mutual(signed(ca, "app.test"), ca);
    try (TestProxy proxy = new TestProxy("u:p")) {
      String url = "socks5://u:p@127.0.0.1:" + proxy.port();

      assertThat(ask(user, open(through(url, "", "")), http("app.test", server))).isEmpty();
      assertThat(
              ask(
                  user,
                  open(through(url, "", "").with(tls(ca, client))),
                  https("app.test", secure)))
          .isEmpty();
      assertThat(proxy.seen())
          .containsExactly(
              "SOCKS app.test:" + server.getPort(), "SOCKS app.test:" + secure.getPort());
      assertThat(
              ask(
                  user,
                  open(through(url.replace("u:p", "u:bad"), "", "")),
                  http("app.test", server)))
          .contains("through proxy socks5://127.0.0.1:" + proxy.port(), "proxy_url")
          .doesNotContain("bad");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "WRITE", mode = EnumSource.Mode.EXCLUDE)
  void aRedirectToAnotherHost_getsNeitherCredentialsNorHeaders(User user) throws Exception {
    MockWebServer other = plain("Accept", () -> "");
    MockWebServer server = new MockWebServer();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                .code(302)
                .addHeader("Location", http("localhost", other))
                .build();
          }
        });
    servers.add(server);
    server.start();
    HttpClientConfig config =
        HttpClientConfig.DEFAULT
            .with(new Auth.Authorization("Bearer", Secret.text("secret")))
            .withHeaders(Map.of("X-Api-Key", List.of(Secret.text("secret"))));

    assertThat(ask(user, open(config), http("127.0.0.1", server))).isEmpty();

    RecordedRequest first = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(first.getHeaders().get("Authorization")).isEqualTo("Bearer secret");
    assertThat(first.getHeaders().get("X-Api-Key")).isEqualTo("secret");
    RecordedRequest second = other.takeRequest(10, TimeUnit.SECONDS);
    assertThat(second.getHeaders().get("Authorization")).isNull();
    assertThat(second.getHeaders().get("X-Api-Key")).isNull();
    assertThat(ask(user, open(config.with(false, true)), http("127.0.0.1", server)))
        .contains("302");
  }
}
