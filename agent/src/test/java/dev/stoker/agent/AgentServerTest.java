package dev.stoker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In this JVM; what the profiles hold is tested where they are made. */
class AgentServerTest {
  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AgentServer> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(AgentServer::close);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allocs",
        "mutex",
        "block",
        "goroutine",
        "profile?seconds=1",
        "block?x=1&seconds=1"
      })
  void pprof_isGzippedLikeAGoServices(String path) throws Exception {
    HttpResponse<byte[]> response = get(start(""), "/debug/pprof/" + path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(response.body()).startsWith(0x1f, 0x8b);
  }

  @Test
  void jfr_isTheRecordingOfTheWindow() throws Exception {
    HttpResponse<byte[]> response = get(start(""), "/jfr?seconds=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).startsWith('F', 'L', 'R', 0);
  }

  @ParameterizedTest
  @CsvSource({
    "/debug/pprof/heap, 404",
    "/debug/pprof/../../etc, 404",
    "/nothing, 404",
    "/debug/pprof/allocs?seconds=-1, 400",
    "/debug/pprof/allocs?seconds=301, 400",
    "/jfr?seconds=x, 400",
    "/, 200",
    "/debug/pprof/, 200",
  })
  void whatIsNotThere_isSaid_andNothingIsRecorded(String path, int status) throws Exception {
    HttpResponse<byte[]> response = get(start(""), path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).isNotBlank();
    assertThat(jdk.jfr.FlightRecorder.getFlightRecorder().getRecordings())
        .extracting(jdk.jfr.Recording::getName)
        .doesNotContain("stoker /debug/pprof");
  }

  @Test
  void otherMethods_are405() throws Exception {
    HttpResponse<byte[]> response =
        client.send(
            request(start(""), "/debug/pprof/allocs")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("GET");
  }

  @Test
  void aToken_isAskedFor_andAFileMayRotate() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first");
    AgentServer server = start(",token_file=" + file);

    assertThat(get(server, "/").statusCode()).isEqualTo(401);
    assertThat(withToken(server, "wrong")).isEqualTo(401);
    assertThat(withToken(server, "first")).isEqualTo(200);
    Files.writeString(file, "second");
    assertThat(withToken(server, "first")).isEqualTo(401);
    assertThat(withToken(server, "second")).isEqualTo(200);
    Files.delete(file);
    assertThat(withToken(server, "second")).as("without the file nobody gets in").isEqualTo(500);
  }

  @Test
  void tooManyAtOnce_are503_andTheOthersGoOn() throws Exception {
    AgentServer server = start("");
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      answers.add(
          client.sendAsync(
              request(server, "/debug/pprof/block?seconds=2").build(),
              HttpResponse.BodyHandlers.ofByteArray()));
    }
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
      statuses.add(answer.join().statusCode());
    }

    assertThat(statuses).containsOnly(200, 503);
    assertThat(statuses.stream().filter(status -> status == 200)).hasSizeBetween(8, 11);
  }

  @Test
  void idle_onlyTheListenerIsLeft() throws Exception {
    AgentServer server = start("");
    get(server, "/debug/pprof/goroutine");

    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("stoker-agent"))
                    .isEmpty());
    assertThat(get(server, "/").statusCode()).isEqualTo(200);
  }

  @Test
  void halfRequestHeads_holdNoThread_andAreClosed() throws Exception {
    AgentServer server = start("");
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        slow.add(socket);
        write(socket, "GET /debug/pprof/ HTTP/1.1\r\nHo");
      }
      assertThat(get(server, "/debug/pprof/goroutine").statusCode()).isEqualTo(200);
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> thread.getName().equals("stoker-agent"))
          .hasSizeLessThan(4);
      for (Socket socket : slow) {
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().read()).as("closed by the agent").isEqualTo(-1);
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void silentConnections_makeRoom() throws Exception {
    AgentServer server = start("");
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        silent.add(new Socket("127.0.0.1", server.port()));
      }
      assertThat(get(server, "/").statusCode()).isEqualTo(200);
      silent.get(0).setSoTimeout(2_000);
      assertThat(silent.get(0).getInputStream().read()).as("the oldest").isEqualTo(-1);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void whoDoesNotRead_isLeft() throws Exception {
    try (ServerSocketChannel listening =
            ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        SocketChannel deaf = SocketChannel.open(listening.getLocalAddress());
        SocketChannel accepted = listening.accept()) {
      assertThat(deaf.isConnected()).isTrue();
      accepted.configureBlocking(false);
      HttpExchange exchange = new HttpExchange(accepted, 200);

      assertThatThrownBy(() -> exchange.send(200, "x/y", new byte[64 << 20]))
          .hasMessage("the client does not read");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1|Host: localhost, 200",
    "GET / HTTP/1.1|Host: localhost:6060, 200",
    "GET / HTTP/1.1|host:127.1.2.3:1, 200",
    "GET / HTTP/1.1|Host: [::1]:6060, 200",
    "GET / HTTP/1.0, 200",
    "GET / HTTP/1.1|Host: evil.example, 403",
    "GET /debug/pprof/allocs HTTP/1.1|Host: evil.example:6060, 403",
    "GET / HTTP/1.1|Host: localhost.evil.example, 403",
    "GET / HTTP/1.1|Host: 127.0.0.1.evil.example, 403",
    "GET / HTTP/1.1|Host:, 403",
    "GET / HTTP/1.1|Host: localhost|Host: evil.example, 400",
    "GET / HTTP/1.1|nonsense, 400",
    "GET /, 400",
    "GET http://evil.example/ HTTP/1.1|Host: localhost, 400",
    "PRI * HTTP/2.0, 400",
    "nonsense, 400",
  })
  void onLoopback_aStrangersNameIsRefused_andNonsense(String head, int status) throws Exception {
    AgentServer server = start("");

    assertThat(raw(server, head.replace("|", "\r\n") + "\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void withAToken_theHostMayBeAnything() throws Exception {
    AgentServer server = start(",token=secret");
    String head = "GET / HTTP/1.1\r\nHost: shop.example\r\n";

    assertThat(raw(server, head + "\r\n")).startsWith("HTTP/1.1 401");
    assertThat(raw(server, head + "Authorization: Bearer secret\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void aHeadWithoutEnd_isRefused_asIsABodyThatNobodyAskedFor() throws Exception {
    AgentServer server = start("");

    assertThat(raw(server, "GET / HTTP/1.1\r\nX: " + "x".repeat(20_000)))
        .startsWith("HTTP/1.1 400");
    assertThat(
            raw(
                server,
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n"
                    + "x".repeat(9_000)))
        .startsWith("HTTP/1.1 405");
    assertThat(raw(server, "GET / HTTP/1.1\nHost: localhost\n\n")).startsWith("HTTP/1.1 200");
  }

  private static String raw(AgentServer server, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(20_000);
      write(socket, request);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private int withToken(AgentServer server, String token) throws Exception {
    return client
        .send(
            request(server, "/").header("Authorization", "Bearer " + token).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private AgentServer start(String options) throws Exception {
    AgentServer server = new AgentServer(AgentOptions.parse("port=0" + options));
    servers.add(server);
    server.start();
    return server;
  }

  private HttpResponse<byte[]> get(AgentServer server, String path) throws Exception {
    return client.send(request(server, path).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(AgentServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }
}
