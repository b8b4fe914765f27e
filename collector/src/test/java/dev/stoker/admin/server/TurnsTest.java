package dev.stoker.admin.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.route.Pieces;
import dev.stoker.concurrent.ManualTimers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many requests at once that take long to answer, on real sockets. */
class TurnsTest {
  private static final int BOUND = 4;
  private static final int LONGEST_REST_MILLIS = 100;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicInteger rendered = new AtomicInteger();
  private final AtomicInteger beforeProbe = new AtomicInteger(-1);
  private final CountDownLatch released = new CountDownLatch(1);
  private int port;

  @BeforeEach
  void serve() throws Exception {
    Connections connections =
        new Connections(new ManualTimers(0), Connections.Bounds.within(8 << 20), registry);
    Turns turns = new Turns(vertx, connections, BOUND);
    Router router = Router.router(vertx);
    router
        .route()
        .handler(
            request -> {
              if (connections.admit(request)) {
                request.next();
              }
            });
    router.get("/-/healthy").handler(this::probed);
    router.get("/api/*").handler(turns::bounded);
    router.get("/metrics").handler(turns::always);
    router.get("/api/heavy").handler(this::render);
    router.get("/metrics").handler(this::render);
    router.get("/api/pieces").handler(context -> piece(context, 3));
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(connections::connected)
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void close() throws Exception {
    released.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void aProbe_isAnsweredBeforeTheRequestsThatWait() throws Exception {
    whileOneIsRendered(10, "/metrics");

    assertThat(beforeProbe.get()).isEqualTo(1);
    Awaitility.await().untilAsserted(() -> assertThat(rendered).hasValue(11));
    assertThat(refused()).as("the metrics are never refused").isZero();
  }

  @Test
  void whoFindsTooManyWaiting_isRefused_andIsCounted() throws Exception {
    whileOneIsRendered(10, "/api/heavy");

    assertThat(beforeProbe.get()).isEqualTo(1);
    Awaitility.await().untilAsserted(() -> assertThat(rendered).hasValue(1 + BOUND));
    assertThat(refused()).isEqualTo(10 - BOUND);
    List<String> answers = new ArrayList<>();
    for (Socket socket : sockets.subList(1, 11)) {
      answers.add(line(socket));
    }
    assertThat(answers)
        .as("in which order the server reads what was sent together is up to the kernel")
        .containsOnly("HTTP/1.1 200 OK", "HTTP/1.1 503 Service Unavailable");
    assertThat(answers).filteredOn("HTTP/1.1 200 OK"::equals).hasSize(BOUND);
    Socket later = probed();
    get(later, "/api/heavy");
    assertThat(line(later)).as("there is room again").isEqualTo("HTTP/1.1 200 OK");
  }

  @Test
  void aConnection_hasOneRequestWaiting_howeverManyItSends() throws Exception {
    Socket holds = probed();
    Socket greedy = probed();
    Socket other = probed();
    get(holds, "/api/heavy");
    Awaitility.await().until(() -> rendered.get() == 1);
    for (int i = 0; i < 20; i++) {
      get(greedy, "/api/heavy");
    }
    get(other, "/api/heavy");
    released.countDown();

    assertThat(line(other)).isEqualTo("HTTP/1.1 200 OK");
    Awaitility.await().untilAsserted(() -> assertThat(rendered).hasValue(22));
    assertThat(refused()).isZero();
  }

  @Test
  void whenTooManyWait_theOneIsRefusedThatHasHadTheMostAnswers() throws Exception {
    Socket holds = probed();
    List<Socket> served = new ArrayList<>();
    for (int i = 0; i < BOUND; i++) {
      Socket socket = probed();
      probe(socket);
      served.add(socket);
    }
    Socket first = probed();
    get(holds, "/api/heavy");
    Awaitility.await().until(() -> rendered.get() == 1);
    for (Socket socket : served) {
      get(socket, "/api/heavy");
    }
    get(first, "/api/heavy");
    releaseAfterTheLongestRest();

    assertThat(line(first)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(refused()).as("one of those that came before it").isEqualTo(1);
  }

  @Test
  void whoHasGone_holdsNobodyUp() throws Exception {
    Socket holds = probed();
    Socket goes = probed();
    get(holds, "/api/heavy");
    Awaitility.await().until(() -> rendered.get() == 1);
    get(goes, "/api/heavy");
    goes.close();
    released.countDown();
    Socket later = probed();
    get(later, "/api/heavy");

    assertThat(line(later)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(rendered.get()).isBetween(2, 3);
  }

  @Test
  void anAnswerInPieces_letsAProbeThroughBetweenThem() throws Exception {
    Socket asks = probed();
    Socket probe = probed();
    get(asks, "/api/pieces");
    Awaitility.await().until(() -> rendered.get() == 1);
    get(probe, "/-/healthy");
    releaseAfterTheLongestRest();

    assertThat(line(probe)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(beforeProbe.get()).isEqualTo(1);
    assertThat(line(asks)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(rendered).hasValue(3);
  }

  /**
   * The event loop stands in the first rendering while all others, and then a probe, are sent. That
   * rendering takes so long that the rest after it is the longest one: on a busy machine the kernel
   * may hand over what was sent a moment after it was sent.
   */
  private void whileOneIsRendered(int others, String path) throws Exception {
    for (int i = 0; i < others + 2; i++) {
      probed();
    }
    get(sockets.get(0), path);
    Awaitility.await().until(() -> rendered.get() == 1);
    for (int i = 1; i <= others; i++) {
      get(sockets.get(i), path);
    }
    Socket probe = sockets.get(others + 1);
    get(probe, "/-/healthy");
    releaseAfterTheLongestRest();
    assertThat(line(probe)).isEqualTo("HTTP/1.1 200 OK");
  }

  private void releaseAfterTheLongestRest() {
    long sent = System.nanoTime();
    Awaitility.await()
        .until(() -> System.nanoTime() - sent > TimeUnit.MILLISECONDS.toNanos(LONGEST_REST_MILLIS));
    released.countDown();
  }

  private void probed(RoutingContext context) {
    beforeProbe.set(rendered.get());
    context.response().end();
  }

  private void render(RoutingContext context) {
    piece(context, 1);
  }

  /** Stands still until it is released, and ends the answer with the last piece. */
  private void piece(RoutingContext context, int left) {
    rendered.incrementAndGet();
    try {
      if (!released.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody released the loop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (left == 1) {
      context.response().end();
    } else {
      Pieces.next(context, () -> piece(context, left - 1));
    }
  }

  private double refused() {
    return registry.get("stoker_http_refused").tag("reason", "busy").counter().count();
  }

  /** A connection that the server has accepted: it has answered on it. */
  private Socket probed() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(20_000);
    probe(socket);
    return socket;
  }

  private static void probe(Socket socket) throws IOException {
    get(socket, "/-/healthy");
    assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(line(socket)).isEqualTo("content-length: 0");
    assertThat(line(socket)).isEmpty();
  }

  private static void get(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next; (next = socket.getInputStream().read()) >= 0 && next != '\n'; ) {
      line.append((char) next);
    }
    return line.toString().strip();
  }
}
