package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.ScrapeClient;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.source.Call;
import dev.stoker.scrape.source.TargetCalls;
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
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that go silent while new ones would work, for everybody who asks over HTTP. Sockets
 * are real, time is manual.
 */
class SilentConnectionTest {
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final long PING_MILLIS = 5_000;
  private static final long TOKEN_MILLIS = 100_000;

  /** Who has a client of its own. */
  enum User {
    SCRAPE,
    WRITE,
    DISCOVERY,
    TOKEN,
    SOURCE
  }

  /** How it speaks. */
  enum Wire {
    HTTPS_2,
    HTTPS_1,
    HTTP_1,
    H2C
  }

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(System.currentTimeMillis());
  private final MockWebServer server = new MockWebServer();
  private final CountDownLatch slow = new CountDownLatch(1);

  @SuppressWarnings("NullAway.Init") // each test starts its own
  private SilentProxy proxy;

  private volatile boolean hold;
  private volatile boolean dripping;
  private long connectMillis = TIMEOUT_MILLIS;

  @AfterEach
  void close() throws Exception {
    slow.countDown();
    proxy.close();
    server.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    "SCRAPE, HTTPS_2",
    "SCRAPE, HTTPS_1",
    "SCRAPE, HTTP_1",
    "WRITE, HTTPS_2",
    "WRITE, H2C",
    "WRITE, HTTPS_1",
    "WRITE, HTTP_1",
    "DISCOVERY, HTTPS_2",
    "DISCOVERY, HTTPS_1",
    "DISCOVERY, HTTP_1",
    "TOKEN, HTTPS_2",
    "TOKEN, HTTP_1",
    "SOURCE, HTTPS_2",
    "SOURCE, HTTP_1",
  })
  void silentConnection_isLeft_andTheNextTryOpensAnother(User who, Wire wire) throws Exception {
    start(wire);
    Supplier<Future<String>> user = user(who, wire);
    assertThat(ask(user)).isEmpty();
    pass(TOKEN_MILLIS);

    proxy.silence();
    Future<String> lost = begin(user);
    Awaitility.await().until(() -> proxy.swallowed() > 0);
    pass(TIMEOUT_MILLIS);
    assertThat(lost.await(20, TimeUnit.SECONDS)).isNotEmpty();
    pass(PING_MILLIS);

    Awaitility.await().until(() -> proxy.open() == 0);
    assertThat(ask(user)).isEmpty();
    assertThat(proxy.accepted()).isEqualTo(2);
    assertThat(proxy.open()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = User.class,
      names = {"SCRAPE", "WRITE"})
  void serverThatIsSlowButAnswersPings_keepsItsConnection(User who) throws Exception {
    start(Wire.HTTPS_2);
    Supplier<Future<String>> user = user(who, Wire.HTTPS_2);
    assertThat(ask(user)).isEmpty();

    for (int i = 0; i < 5; i++) {
      Future<String> late = beginHeld(user);
      pass(TIMEOUT_MILLIS);
      assertThat(late.await(20, TimeUnit.SECONDS)).isNotEmpty();
      pass(1);
      assertThat(ask(user)).isEmpty();
      pass(PING_MILLIS);
    }

    assertThat(ask(user)).isEmpty();
    assertThat(proxy.accepted()).isEqualTo(1);
    assertThat(proxy.open()).isEqualTo(1);
  }

  @Test
  void idleConnectionsOfHttp1_thatAreSilentToo_costNoTimeOutEach() throws Exception {
    start(Wire.HTTP_1);
    Supplier<Future<String>> user = user(User.WRITE, Wire.HTTP_1);
    List<Future<String>> together = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      together.add(beginHeld(user));
    }
    slow.countDown();
    for (Future<String> one : together) {
      assertThat(one.await(20, TimeUnit.SECONDS)).isEmpty();
    }
    assertThat(proxy.open()).isEqualTo(4);
    pass(1);

    proxy.silence();
    Future<String> lost = begin(user);
    Awaitility.await().until(() -> proxy.swallowed() > 0);
    pass(TIMEOUT_MILLIS);
    assertThat(lost.await(20, TimeUnit.SECONDS)).contains("remote_timeout");

    Awaitility.await().until(() -> proxy.open() == 0);
    assertThat(ask(user)).isEmpty();
    assertThat(proxy.accepted()).isEqualTo(5);
  }

  @Test
  void idleConnectionOfHttp1_thatAnsweredMeanwhile_isKept() throws Exception {
    start(Wire.HTTP_1);
    Supplier<Future<String>> user = user(User.SCRAPE, Wire.HTTP_1);
    Future<String> late = beginHeld(user);
    pass(1);
    assertThat(ask(user)).isEmpty();
    pass(TIMEOUT_MILLIS);
    assertThat(late.await(20, TimeUnit.SECONDS)).contains("deadline");
    Awaitility.await().until(() -> proxy.open() == 1);

    assertThat(ask(user)).isEmpty();
    assertThat(proxy.accepted()).isEqualTo(2);
    assertThat(proxy.open()).isEqualTo(1);
  }

  @Test
  void connectionThatGoesSilentInTheMiddleOfABody_isLeft() throws Exception {
    start(Wire.HTTPS_2);
    Supplier<Future<String>> user = user(User.SCRAPE, Wire.HTTPS_2);
    long before = proxy.passed();
    dripping = true;
    Future<String> lost = begin(user);
    Awaitility.await()
        .until(() -> server.getRequestCount() > 0 && proxy.passed() > before + 20_000);
    proxy.silence();
    dripping = false;
    pass(TIMEOUT_MILLIS);
    assertThat(lost.await(20, TimeUnit.SECONDS)).contains("reading the body");
    pass(PING_MILLIS);

    Awaitility.await().until(() -> proxy.open() == 0);
    assertThat(ask(user)).isEmpty();
    assertThat(proxy.accepted()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"SCRAPE, HTTPS_2", "WRITE, HTTPS_2", "WRITE, H2C"})
  void newConnectionThatNeverSpeaks_isGivenUp(User who, Wire wire) throws Exception {
    connectMillis = 300;
    start(wire);
    proxy.mute(true);
    Supplier<Future<String>> user = user(who, wire);
    for (int i = 0; i < 3; i++) {
      assertThat(ask(user)).contains("cannot connect");
    }
    proxy.mute(false);

    // A handshake can take longer than this short time for connecting on a machine that is busy.
    Awaitility.await().until(() -> ask(user), String::isEmpty);
  }

  @Test
  void nameWhoseAddressHasChanged_isLookedUpForTheNextConnection(@TempDir Path folder)
      throws Exception {
    start(Wire.HTTP_1);
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.2 moving.example\n");
    AddressResolverOptions options = ClientAccess.resolverOptions().setHostsPath(hosts.toString());
    assertThat(options.getHostsRefreshPeriodUnit().toMillis(options.getHostsRefreshPeriod()))
        .isEqualTo(5_000);
    options.setHostsRefreshPeriod(1);
    Vertx other = Vertx.vertx(new VertxOptions().setAddressResolverOptions(options));
    try {
      String url = "http://moving.example:" + proxy.port() + "/p";
      BoundedClient get =
          new BoundedClient(
              other,
              timers,
              settings(HttpClientConfig.DEFAULT),
              new BoundedClient.Limits(Duration.ofMillis(TIMEOUT_MILLIS), 1 << 20),
              "Stoker");
      Supplier<Future<String>> user =
          () ->
              get.get(URI.create(url), Map.of(), null)
                  .map(answer -> "")
                  .otherwise(failure -> String.valueOf(failure.getMessage()));
      assertThat(ask(user)).contains("cannot connect to moving.example");

      Files.writeString(hosts, "127.0.0.1 moving.example\n");
      Awaitility.await().until(() -> ask(user).isEmpty());
    } finally {
      other.close().await(20, TimeUnit.SECONDS);
    }
  }

  private void start(Wire wire) throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
    if (wire == Wire.HTTPS_2 || wire == Wire.HTTPS_1) {
      server.useHttps(
          new HandshakeCertificates.Builder()
              .heldCertificate(certificate)
              .build()
              .sslSocketFactory());
    }
    if (wire == Wire.HTTPS_1) {
      server.setProtocols(List.of(Protocol.HTTP_1_1));
    } else if (wire == Wire.H2C) {
      server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    }
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            if (hold) {
              hold = false;
              slow.await();
            }
            return answer(request);
          }
        });
    server.start();
    proxy = new SilentProxy(server.getPort());
  }

  private MockResponse answer(RecordedRequest request) {
    String path = Objects.requireNonNull(request.getUrl()).encodedPath();
    MockResponse.Builder answer = new MockResponse.Builder().code(200);
    if (path.endsWith("/Push")) {
      return answer.addHeader("Content-Type", "application/proto").build();
    }
    answer.addHeader("Content-Type", "application/json");
    return dripping
        ? answer.body("x".repeat(1 << 20)).throttleBody(8 << 10, 50, TimeUnit.MILLISECONDS).build()
        : answer
            .body("{\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":100}")
            .build();
  }

  /** Runs on the control context, as all of it must. */
  private <T> T on(Supplier<Future<T>> call) throws Exception {
    Promise<T> promise = Promise.promise();
    context.runOnContext(ignored -> call.get().onComplete(promise));
    return promise.future().await(20, TimeUnit.SECONDS);
  }

  private String ask(Supplier<Future<String>> user) throws Exception {
    return on(user);
  }

  private Future<String> begin(Supplier<Future<String>> user) {
    Promise<String> promise = Promise.promise();
    context.runOnContext(ignored -> user.get().onComplete(promise));
    return promise.future();
  }

  /** A request that the server has and does not answer. */
  private Future<String> beginHeld(Supplier<Future<String>> user) {
    hold = true;
    Future<String> begun = begin(user);
    Awaitility.await().until(() -> !hold);
    return begun;
  }

  private void pass(long millis) throws Exception {
    on(
        () -> {
          timers.advance(millis);
          return Future.succeededFuture();
        });
  }

  private ClientAccess settings(HttpClientConfig config) {
    ClientAccess settings = new ClientAccess(config, vertx, timers);
    settings.open();
    return settings;
  }

  /** What a user asks with, kept over its requests; each gives its error, "" = none. */
  private Supplier<Future<String>> user(User who, Wire wire) throws Exception {
    String scheme = wire == Wire.HTTPS_2 || wire == Wire.HTTPS_1 ? "https" : "http";
    String url = scheme + "://127.0.0.1:" + proxy.port() + "/p";
    HttpClientConfig config =
        HttpClientConfig.DEFAULT.with(new Tls(Secret.NONE, Secret.NONE, Secret.NONE, "", true));
    return on(
        () ->
            Future.succeededFuture(
                switch (who) {
                  case SCRAPE -> scrape(url, settings(config));
                  case WRITE -> write(url, wire, settings(config));
                  case DISCOVERY -> discovery(url, settings(config));
                  case TOKEN -> token(url, config);
                  case SOURCE -> source(url, settings(config));
                }));
  }

  private Supplier<Future<String>> scrape(String url, ClientAccess settings) {
    HttpScraper scraper =
        new HttpScraper(
            new HttpScraper.Tools(
                ScrapeClient.create(vertx, timers),
                timers,
                new BodyBudget(8 << 20, timers),
                "Stoker"),
            settings);
    Target target =
        new Target(
            url,
            URI.create(url),
            new ProfileType("memory", true, "/", false),
            Labels.empty(),
            Labels.empty(),
            url,
            new Target.Plan(1_000, 0, connectMillis, 4 << 20, 4 << 20),
            Target.DeltaMode.NONE);
    return () ->
        scraper
            .scrape(target)
            .result()
            .map(result -> result instanceof ScrapeResult.Failed failed ? failed.message() : "");
  }

  private Supplier<Future<String>> write(String url, Wire wire, ClientAccess settings) {
    EndpointConfig config =
        new EndpointConfig(
            PyroscopeProtocol.INSTANCE,
            "",
            URI.create(url),
            Map.of(),
            Duration.ofMillis(connectMillis),
            EndpointConfig.Retry.DEFAULT,
            wire == Wire.H2C,
            QueueConfig.DEFAULT,
            HttpClientConfig.DEFAULT);
    PyroscopeSender sender = new PyroscopeSender(config, TestServices.of(vertx, timers), settings);
    return () ->
        sender
            .send(
                OutgoingProfile.of(
                    Labels.of("__name__", "memory"), new byte[10], 1_800_000_000_000L))
            .map(result -> result instanceof SendResult.Retryable failed ? failed.answer() : "");
  }

  private Supplier<Future<String>> discovery(String url, ClientAccess settings) {
    BoundedClient.Limits limits =
        new BoundedClient.Limits(Duration.ofMillis(TIMEOUT_MILLIS), 1 << 20);
    BoundedClient get = new BoundedClient(vertx, timers, settings, limits, "Stoker");
    return () ->
        get.get(URI.create(url), Map.of(), null)
            .map(answer -> "")
            .otherwise(failure -> String.valueOf(failure.getMessage()));
  }

  /** Only the tokens come through the proxy. */
  private Supplier<Future<String>> token(String url, HttpClientConfig config) {
    Auth auth =
        new Auth.OAuth2("me", Secret.text("secret"), URI.create(url), List.of(), Map.of(), config);
    String target = server.url("/p").toString();
    return scrape(target, settings(config.with(auth)));
  }

  private Supplier<Future<String>> source(String url, ClientAccess settings) {
    WatchedClient client = ScrapeClient.create(vertx, timers);
    TargetCalls calls = new TargetCalls(client, "Stoker", () -> settings);
    return () -> {
      Call call =
          calls.call(
              new TargetCalls.Request(HttpMethod.GET, URI.create(url), "", null),
              new TargetCalls.Gathered(1 << 20));
      timers.after(TIMEOUT_MILLIS, call::cancel);
      return call.answer()
          .map(answer -> answer.ok() ? "" : answer.text())
          .otherwise(failure -> String.valueOf(failure.getMessage()));
    };
  }
}
