package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.Configs;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.UnixSockets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets behind unix sockets, on real ones: without and with the native transport. */
class UnixSocketTest {
  @TempDir Path folder;
  private Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  /** Prometheus' first version mixed them up: its connections were kept by address. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void targetsWithOneAddress_onTwoSocketsAndOnTcp_areNeverMixedUp(boolean epoll) throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(epoll));
    assertThat(vertx.isNativeTransportEnabled()).isEqualTo(epoll);
    serve("a", new HttpServerOptions(), UnixSocketTest::who);
    serve("b", new HttpServerOptions(), UnixSocketTest::who);
    int port =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end("tcp"))
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS)
            .actualPort();
    String address = "127.0.0.1:" + port;
    Asker asker = new Asker(HttpClientConfig.DEFAULT);
    for (int i = 0; i < 3; i++) {
      assertThat(asker.ask(target(address, "a", ""))).isEqualTo("a for " + address);
      assertThat(asker.ask(target(address, "b", ""))).isEqualTo("b for " + address);
      assertThat(asker.ask(target(address, "", ""))).isEqualTo("tcp");
    }
    assertThat(asker.ask(target("", "a", ""))).isEqualTo("a for localhost");
  }

  @Test
  void connection_isKeptForTheNextScrape() throws Exception {
    Set<Object> connections = ConcurrentHashMap.newKeySet();
    serve(
        "a",
        new HttpServerOptions(),
        (name, request) -> {
          connections.add(request.connection());
          request.response().end(name);
        });
    Asker asker = new Asker(HttpClientConfig.DEFAULT);
    for (int i = 0; i < 3; i++) {
      assertThat(asker.ask(target("", "a", ""))).isEqualTo("a");
    }
    assertThat(connections).hasSize(1);
  }

  @Test
  void tls_isCheckedAgainstTheAddressOrTheNameOfTheSettings() throws Exception {
    HeldCertificate ca = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate server =
        new HeldCertificate.Builder().signedBy(ca).addSubjectAlternativeName("app.test").build();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(server.certificatePem()))
                    .setKeyValue(Buffer.buffer(server.privateKeyPkcs8Pem())));
    serve("a", options, UnixSocketTest::who);
    Secret trust = Secret.text(ca.certificatePem());
    Tls plain = new Tls(trust, Secret.NONE, Secret.NONE, "", false);
    Tls named = new Tls(trust, Secret.NONE, Secret.NONE, "app.test", false);

    assertThat(
            new Asker(HttpClientConfig.DEFAULT.with(plain)).ask(target("app.test", "a", "https")))
        .isEqualTo("a for app.test");
    assertThat(new Asker(HttpClientConfig.DEFAULT.with(plain)).ask(target("", "a", "https")))
        .contains("no TLS with localhost", "over the unix socket " + socket("a"));
    assertThat(new Asker(HttpClientConfig.DEFAULT.with(named)).ask(target("", "a", "https")))
        .isEqualTo("a for localhost");
    assertThat(new Asker(HttpClientConfig.DEFAULT).ask(target("", "a", "https")))
        .contains("no TLS with localhost");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void socketThatNobodyServes_isToldWithItsPath(boolean epoll) throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(epoll));
    Asker asker = new Asker(HttpClientConfig.DEFAULT);
    assertThat(asker.ask(target("", "gone", "")))
        .isEqualTo(
            "over the unix socket "
                + socket("gone")
                + ": it does not exist; is the program up, and is the folder the one that it uses?");
    ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    left.bind(UnixDomainSocketAddress.of(socket("left")));
    left.close();
    assertThat(asker.ask(target("", "left", "")))
        .isEqualTo(
            "over the unix socket "
                + socket("left")
                + ": nothing listens on it; is the program up?");
  }

  @Test
  void redirect_staysOnTheSocket_andLeadsNowhereElse() throws Exception {
    serve(
        "a",
        new HttpServerOptions(),
        (name, request) -> {
          String to = request.path().equals("/moved") ? null : "/moved";
          if (to == null) {
            request.response().end("moved");
          } else {
            request.response().setStatusCode(302).putHeader("Location", to).end();
          }
        });
    serve(
        "b",
        new HttpServerOptions(),
        (name, request) ->
            request
                .response()
                .setStatusCode(302)
                .putHeader("Location", "http://127.0.0.1:1/")
                .end());
    Asker asker = new Asker(HttpClientConfig.DEFAULT);
    assertThat(asker.ask(target("", "a", ""))).isEqualTo("moved");
    assertThat(asker.ask(target("", "b", ""))).contains("redirected", "http://127.0.0.1:1/");
  }

  private String socket(String name) {
    return folder.resolve(name + ".sock").toString();
  }

  private Target target(String address, String name, String scheme) {
    Labels labels =
        Labels.of(
            "__address__",
            address,
            "__scheme__",
            scheme,
            "__scrape_unix_socket__",
            name.isEmpty() ? "" : socket(name));
    ScrapeConfig config =
        Configs.over(new UnixSockets(List.of(folder + "/*.sock")), Configs.GOROUTINE);
    return new TargetFactory(config).create(List.of(labels)).active().get(0);
  }

  private interface Handler {
    void handle(String name, HttpServerRequest request);
  }

  private static void who(String name, HttpServerRequest request) {
    request.response().end(name + " for " + request.getHeader("Host"));
  }

  private void serve(String name, HttpServerOptions options, Handler handler) throws Exception {
    vertx
        .createHttpServer(options)
        .requestHandler(request -> handler.handle(name, request))
        .listen(SocketAddress.domainSocketAddress(socket(name)))
        .await(20, TimeUnit.SECONDS);
  }

  /** A client as the daemon has it. */
  private final class Asker {
    private final Context context = vertx.getOrCreateContext();
    private final Scraper scraper;

    Asker(HttpClientConfig config) throws Exception {
      scraper =
          on(
              () -> {
                Timers timers = new VertxTimers(vertx, context);
                ClientAccess access = new ClientAccess(config, vertx, timers);
                HttpScraper.Tools tools =
                    new HttpScraper.Tools(
                        ScrapeClient.create(vertx, timers),
                        timers,
                        new BodyBudget(1 << 20, timers),
                        "Stoker");
                return access.open().map(ignored -> new HttpScraper(tools, access));
              });
    }

    /** The body, or the message of the failure. */
    String ask(Target target) throws Exception {
      ScrapeResult result = on(() -> scraper.scrape(target).result());
      return result instanceof ScrapeResult.Failed failed
          ? failed.message()
          : new String(((ScrapeResult.Fetched) result).body(), StandardCharsets.UTF_8);
    }

    private <T> T on(Supplier<Future<T>> call) throws Exception {
      Promise<T> promise = Promise.promise();
      context.runOnContext(ignored -> call.get().onComplete(promise));
      return promise.future().await(20, TimeUnit.SECONDS);
    }
  }
}
