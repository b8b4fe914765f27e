package dev.stoker.admin.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.route.Answers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.server.Remote;
import dev.stoker.http.server.ServerAccess;
import dev.stoker.http.server.ServerConfig;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes such as the daemon's, behind the check, on a real socket. */
class RemoteAccessTest {
  private static final Peers STRANGERS = request -> false;
  private static final Peers NEIGHBOURS = request -> true;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final VertxTimers timers = new VertxTimers(vertx, context);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    // method, path: by default, with all, with probes
    "GET, /-/healthy, 200, 200, 200",
    "GET, /-/ready, 200, 200, 200",
    "GET, /metrics, 200, 200, 200",
    "HEAD, /metrics, 200, 200, 200",
    "POST, /metrics, 403, 405, 403",
    "GET, /, 200, 200, 403",
    "HEAD, /, 200, 200, 403",
    "GET, /targets, 200, 200, 403",
    "GET, /api/v1/targets, 200, 200, 403",
    "GET, /api/v1/access, 200, 200, 403",
    "GET, /nothing, 404, 404, 403",
    "POST, /-/reload, 403, 200, 403",
    "POST, /api/v1/relabel, 403, 200, 403",
    "POST, /api/v1/targets/scrape, 403, 200, 403",
    "DELETE, /api/v1/targets, 403, 405, 403",
    "GET, /-/support, 403, 200, 403",
    "HEAD, /-/support, 403, 200, 403",
    "GET, /-/./support, 403, 200, 403",
    "GET, /x/../-/support, 403, 200, 403",
    "GET, /%2d/support, 403, 200, 403",
    "GET, /debug/pprof, 403, 200, 403",
    "GET, /debug/pprof/, 403, 200, 403",
    "GET, /debug/pprof/allocs, 403, 200, 403",
    "GET, /debug/pprof/allocs?seconds=1, 403, 200, 403",
    "GET, /d%65bug/pprof/allocs, 403, 200, 403",
    "GET, //debug/pprof/allocs, 403, 200, 403",
    "GET, /debug/%2e%2e/debug/pprof/allocs, 403, 200, 403",
  })
  void aStranger_reads(String method, String path, int read, int all, int probes) throws Exception {
    assertThat(status(server(Remote.READ, STRANGERS), method, path)).isEqualTo(read);
    assertThat(status(server(Remote.ALL, STRANGERS), method, path)).isEqualTo(all);
    assertThat(status(server(Remote.PROBES, STRANGERS), method, path)).isEqualTo(probes);
    assertThat(status(server(Remote.PROBES, NEIGHBOURS), method, path)).isEqualTo(all);
  }

  @Test
  void theAnswer_saysHowToAllowIt_asTextOrJson() throws Exception {
    int port = server(Remote.READ, STRANGERS);

    String text = ask(port, "GET /debug/pprof/allocs HTTP/1.1\r\nHost: x\r\n");
    assertThat(text)
        .contains("text/plain", "127.0.0.1", "stoker.http.basic_auth", "remote = \"all\"");
    String json = body(ask(port, "POST /api/v1/relabel HTTP/1.1\r\nHost: x\r\n"));
    assertThat(new JsonObject(json).getString("error"))
        .startsWith("refused: without a login")
        .contains("stoker.http.basic_auth", "remote = \"all\"");
    assertThat(ask(port, "GET /-/support HTTP/1.1\r\nHost: x\r\nAccept: application/json, */*\r\n"))
        .contains("application/json");
  }

  @Test
  void thePages_areToldWhatIsOpen() throws Exception {
    assertThat(access(server(Remote.READ, NEIGHBOURS)))
        .isEqualTo(new JsonObject().put("changes", true).putNull("reason"));
    assertThat(access(server(Remote.ALL, STRANGERS)).getBoolean("changes")).isTrue();
    JsonObject closed = access(server(Remote.READ, STRANGERS));
    assertThat(closed.getBoolean("changes")).isFalse();
    assertThat(closed.getString("reason"))
        .startsWith("without a login")
        .contains("127.0.0.1", "set a login");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 127.0.0.1",
        "x-forwarded-for: ",
        "Forwarded: for=127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Client-Cert: By=spiffe://a",
        "X-Envoy-Attempt-Count: 1",
        "l5d-client-id: a.b.serviceaccount",
      })
  void whoComesThroughAProxy_isAStranger(String header) throws Exception {
    String head = "POST /-/reload HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n";

    assertThat(ask(server(Remote.READ, NEIGHBOURS), head)).startsWith("HTTP/1.1 403");
    assertThat(ask(server(Remote.READ, STRANGERS), head)).startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:12345, 200",
    "127.0.0.1, 200",
    "10.1.2.3:12345, 200",
    "[fd00::2]:12345, 200",
    "stoker:12345, 200",
    "evil.example, 403",
    "127.0.0.1.evil.example:12345, 403",
  })
  void aNameThatMayBeAStrangers_isNoNeighbours(String host, int status) throws Exception {
    assertThat(
            ask(
                server(Remote.READ, NEIGHBOURS),
                "POST /-/reload HTTP/1.1\r\nHost: " + host + "\r\n"))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void withALogin_itDecidesAlone() throws Exception {
    int port =
        server(
            new ServerConfig(
                new Auth.Authorization("Bearer", Secret.text("t")),
                Secret.NONE,
                Secret.NONE,
                ServerConfig.OPEN,
                Remote.PROBES),
            STRANGERS);

    assertThat(status(port, "POST", "/-/reload")).isEqualTo(200);
  }

  /** Over whatever address, of whichever family, the machine has. */
  @Test
  void whoConnectsFromThisMachine_isNear_byAnyOfItsAddresses() throws Exception {
    OwnAddresses own = new OwnAddresses(vertx, timers);
    own.open().await(20, TimeUnit.SECONDS);
    int port = server(Remote.READ, peer -> own.has(peer.remoteAddress(), peer.localAddress()));
    List<InetAddress> addresses =
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();

    assertThat(addresses).isNotEmpty();
    for (InetAddress address : addresses) {
      try (Socket socket = new Socket(address, port)) {
        assertThat(ask(socket, "POST /-/reload HTTP/1.1\r\nHost: localhost\r\n"))
            .as("by %s", address)
            .startsWith("HTTP/1.1 200");
      }
    }
    own.close();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, true",
    "127.9.9.9, 127.0.0.1, true",
    "::1, ::1, true",
    "::ffff:127.0.0.1, 127.0.0.1, true",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.4, 10.1.2.3, false",
    "2001:db8::7, 2001:db8::1, false",
  })
  void anAddress_isOurs_orNot(String peer, String local, boolean ours) {
    OwnAddresses own = new OwnAddresses(vertx, timers);

    assertThat(
            own.has(
                SocketAddress.inetSocketAddress(1, peer),
                SocketAddress.inetSocketAddress(2, local)))
        .isEqualTo(ours);
    assertThat(own.has(null, null)).isFalse();
  }

  private JsonObject access(int port) throws IOException {
    return new JsonObject(body(ask(port, "GET /api/v1/access HTTP/1.1\r\nHost: x\r\n")));
  }

  private int server(Remote remote, Peers peers) throws Exception {
    return server(
        new ServerConfig(new Auth.None(), Secret.NONE, Secret.NONE, ServerConfig.OPEN, remote),
        peers);
  }

  private int server(ServerConfig config, Peers peers) throws Exception {
    Router router = Router.router(vertx);
    RemoteAccess access = new RemoteAccess(new ServerAccess(config, vertx, timers), peers);
    access.mount(router);
    router
        .get("/api/v1/access")
        .handler(request -> Answers.json(request, access.shown(request.request())));
    for (String path :
        List.of("/", "/targets", "/metrics", "/-/healthy", "/-/ready", "/api/v1/targets")) {
      router.get(path).handler(request -> Answers.text(request, 200, "here"));
      router.head(path).handler(request -> Answers.text(request, 200, ""));
    }
    for (String path : List.of("/-/reload", "/api/v1/relabel", "/api/v1/targets/scrape")) {
      router.post(path).handler(request -> Answers.text(request, 200, "done"));
    }
    for (String path : List.of("/-/support", "/debug/pprof", "/debug/pprof/", "/debug/pprof/:n")) {
      router.get(path).handler(request -> Answers.text(request, 200, "costly"));
      router.head(path).handler(request -> Answers.text(request, 200, ""));
    }
    return vertx
        .createHttpServer()
        .requestHandler(router)
        .listen(0, "::")
        .await(20, TimeUnit.SECONDS)
        .actualPort();
  }

  private static int status(int port, String method, String path) throws IOException {
    String answer = ask(port, method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    return Integer.parseInt(answer.substring(9, 12));
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private static String ask(int port, String head) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return ask(socket, head);
    }
  }

  private static String ask(Socket socket, String head) throws IOException {
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
