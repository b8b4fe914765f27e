package dev.stoker.admin.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.route.Answers;
import dev.stoker.concurrent.ManualTimers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that hold on to things, on real sockets and manual time. */
class ConnectionsTest {
  /** More than the system's buffers of a connection take. */
  private static final int BIG = 16 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(0);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicInteger bigOnes = new AtomicInteger();
  private final AtomicInteger hanging = new AtomicInteger();
  private int port;

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void whoNeverReads_isClosedWithinSeconds() throws Exception {
    serve(new Connections.Bounds(10, 10, 1L << 30));
    Socket deaf = connect();
    get(deaf, "/big");
    await(bigOnes, 1);

    advance(1_000);
    advance(6_000);

    assertThat(readAll(deaf)).isLessThan(BIG);
    assertThat(counted("unread")).isEqualTo(1);
  }

  @Test
  void whoReadsSlowly_isNotClosed() throws Exception {
    serve(new Connections.Bounds(10, 10, 1L << 30));
    Socket slow = connect();
    get(slow, "/big");
    await(bigOnes, 1);
    int read = 0;
    for (int second = 0; second < 12; second++) {
      read += slow.getInputStream().readNBytes(1 << 20).length;
      advance(1_000);
    }

    read += slow.getInputStream().readNBytes(BIG - read).length;

    assertThat(read).isEqualTo(BIG);
    assertThat(counted("unread")).isZero();
  }

  @Test
  void whoPipelinesWithoutReading_getsOneAnswerAtMost() throws Exception {
    serve(new Connections.Bounds(10, 10, 1L << 30));
    Socket greedy = connect();
    for (int i = 0; i < 50; i++) {
      get(greedy, "/big");
    }
    Awaitility.await().until(() -> counted("pipelined") == 1);

    assertThat(bigOnes).hasValue(1);
    assertThat(readAll(greedy)).isLessThan(BIG);
  }

  @Test
  void unreadAnswers_areBoundedInSum_andWhoStandsMakesRoom() throws Exception {
    serve(new Connections.Bounds(20, 10, 2 * BIG));
    for (int i = 0; i < 6; i++) {
      get(connect(), "/big");
      await(bigOnes, i + 1);
      advance(1_001);
    }

    assertThat(ask("/small")).startsWith("HTTP/1.1 200");
    assertThat(counted("unread")).as("closed, longest waiting first").isBetween(2.0, 4.0);
    assertThat(counted("busy")).isZero();
  }

  @Test
  void unreadAnswers_ofThoseWhoHaveJustAsked_areBusy_butNotForProbes() throws Exception {
    serve(new Connections.Bounds(20, 10, BIG / 4));
    get(connect(), "/big");
    get(connect(), "/big");
    await(bigOnes, 2);

    assertThat(ask("/small")).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: 5");
    assertThat(ask("/-/healthy")).startsWith("HTTP/1.1 200");
    assertThat(counted("busy")).isEqualTo(1);
  }

  @Test
  void whenAllConnectionsAreTaken_theLongestIdleMakesRoom() throws Exception {
    serve(new Connections.Bounds(4, 2, 1L << 30));
    Socket works = connect();
    get(works, "/hang");
    await(hanging, 1);
    Socket silent = connect();
    Socket first = connect();
    assertThat(answer(first, "/small")).startsWith("HTTP/1.1 200");
    Socket second = connect();
    assertThat(answer(second, "/small")).startsWith("HTTP/1.1 200");
    assertThat(answer(first, "/small")).startsWith("HTTP/1.1 200");

    assertThat(ask("/-/healthy")).startsWith("HTTP/1.1 200");
    assertThat(readAll(silent)).as("never asked, waits longest").isZero();
    Socket third = connect();
    assertThat(answer(third, "/small")).startsWith("HTTP/1.1 200");
    assertThat(ask("/small")).startsWith("HTTP/1.1 200");
    assertThat(readAll(second)).as("idle for longest").isZero();
    assertThat(answer(first, "/small")).startsWith("HTTP/1.1 200");
    assertThat(works.isClosed()).isFalse();
    assertThat(counted("room")).isEqualTo(2);
  }

  @Test
  void requestsAtWork_areBounded_andProbesAreNot() throws Exception {
    serve(new Connections.Bounds(20, 2, 1L << 30));
    Socket one = connect();
    get(one, "/hang");
    get(connect(), "/hang");
    await(hanging, 2);

    assertThat(ask("/small")).startsWith("HTTP/1.1 503");
    assertThat(ask("/-/healthy")).startsWith("HTTP/1.1 200");
    assertThat(ask("/-/ready")).startsWith("HTTP/1.1 200");
    one.close();
    Awaitility.await().until(() -> ask("/small").startsWith("HTTP/1.1 200"));
  }

  @Test
  void whoIsRefused_isClosed_andWhatItSentAfterThatIsNotRead() throws Exception {
    serve(new Connections.Bounds(20, 1, 1L << 30));
    get(connect(), "/hang");
    await(hanging, 1);
    Socket greedy = connect();
    write(greedy, "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));

    String came = new String(readUntilClosed(greedy), StandardCharsets.ISO_8859_1);

    assertThat(came).containsOnlyOnce("503 Service Unavailable").doesNotContain("200 OK");
    assertThat(counted("busy")).isEqualTo(1);
  }

  @Test
  void aHeadAndABody_haveTheirTime() throws Exception {
    serve(new Connections.Bounds(20, 2, 1L << 30));
    Socket head = connect();
    write(head, "GET /small HTTP/1.1\r\nX: ");
    Socket body = connect();
    write(body, "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    assertThat(ask("/small")).startsWith("HTTP/1.1 200");

    advance(Connections.HEAD_MILLIS);
    assertThat(readAll(head)).isZero();
    advance(Connections.BODY_MILLIS);
    assertThat(readAll(body)).isZero();
    assertThat(counted("head")).isEqualTo(1);
    assertThat(counted("body")).isEqualTo(1);
  }

  private void serve(Connections.Bounds bounds) throws Exception {
    Connections connections = new Connections(timers, bounds, registry);
    Router router = Router.router(vertx);
    router
        .route()
        .handler(
            request -> {
              if (connections.admit(request)) {
                request.next();
              }
            });
    for (String path : List.of("/small", "/-/healthy", "/-/ready")) {
      router.get(path).handler(request -> Answers.text(request, 200, "here"));
    }
    router
        .get("/big")
        .handler(
            request -> {
              request.response().end(Buffer.buffer(new byte[BIG]));
              bigOnes.incrementAndGet();
            });
    router.get("/hang").handler(request -> hanging.incrementAndGet());
    router
        .post("/small")
        .handler(
            request ->
                request.request().body().onSuccess(body -> Answers.text(request, 200, "read")));
    router
        .get("/pieces")
        .handler(
            request -> {
              failSecondPart(request.request().connection());
              request.response().setChunked(true).write("first");
              request.response().write("second");
              request.response().end("third");
            });
    port =
        onContext(
                () ->
                    vertx
                        .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                        .connectionHandler(connections::connected)
                        .requestHandler(router)
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture())
            .get(20, TimeUnit.SECONDS)
            .actualPort();
  }

  private <T> CompletableFuture<T> onContext(
      java.util.function.Supplier<CompletableFuture<T>> action) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        ignored ->
            action
                .get()
                .whenComplete(
                    (value, failure) -> {
                      if (failure == null) {
                        done.complete(value);
                      } else {
                        done.completeExceptionally(failure);
                      }
                    }));
    return done;
  }

  private void advance(long millis) throws Exception {
    onContext(
            () -> {
              timers.advance(millis);
              return CompletableFuture.completedFuture(null);
            })
        .get(20, TimeUnit.SECONDS);
  }

  /** As without direct memory: Netty fails one write, and would go on with the next. */
  private static void failSecondPart(HttpConnection connection) {
    ((HttpServerConnection) connection)
        .channelHandlerContext()
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(ChannelHandlerContext next, Object part, ChannelPromise promise) {
                if (part instanceof ByteBuf bytes
                    && bytes.toString(StandardCharsets.US_ASCII).contains("second")) {
                  ReferenceCountUtil.release(part);
                  promise.setFailure(new OutOfMemoryError("no direct memory"));
                } else {
                  next.write(part, promise);
                }
              }
            });
  }

  @Test
  void anAnswerThatLacksAPart_isCutOff_andNotTakenForAWholeOne() throws Exception {
    serve(new Connections.Bounds(10, 10, 1L << 30));
    Socket socket = connect();
    get(socket, "/pieces");

    String came = new String(readUntilClosed(socket), StandardCharsets.ISO_8859_1);

    assertThat(came).doesNotContain("second").doesNotContain("third");
    assertThat(counted("incomplete")).isEqualTo(1);
  }

  private static byte[] readUntilClosed(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException reset) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  private double counted(String reason) {
    return registry.get("stoker_http_refused").tag("reason", reason).counter().count();
  }

  private static void await(AtomicInteger counter, int value) {
    Awaitility.await().until(() -> counter.get() >= value);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    // A small window, so that what is not read waits in the server.
    socket.setReceiveBufferSize(16 << 10);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void get(Socket socket, String path) throws IOException {
    write(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The next answer of a connection that stays open. */
  private static String answer(Socket socket, String path) throws IOException {
    get(socket, path);
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nhere")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      answer.append((char) next);
    }
    return answer.toString();
  }

  private String ask(String path) throws IOException {
    try (Socket socket = connect()) {
      write(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Until the server closes. */
  private static int readAll(Socket socket) throws IOException {
    byte[] buffer = new byte[1 << 16];
    int total = 0;
    try {
      for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
        total += n;
        if (total > BIG) {
          return total; // all of it has come
        }
      }
    } catch (SocketException reset) {
      return total;
    }
    return total;
  }
}
