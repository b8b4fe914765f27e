package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.FakeTarget;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a scrape says of a port that serves something else, on real sockets. */
class WrongPortTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String NOT_HTTP = "this port does not speak HTTP/1 (it answered ";
  private static final String ASK = "); is it the port that serves what is asked for?";

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Timers timers = new VertxTimers(vertx, context);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  /** When a server says its bytes, and what it does then. */
  private enum Manner {
    ANSWERS,
    GREETS,
    ANSWERS_AND_CLOSES
  }

  @ParameterizedTest(name = "{0}, {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          redis    | 2d45525220756e6b6e6f776e20636f6d6d616e642027474554270d0a | ANSWERS | "-ERR unknown command 'GET'", as a Redis server does
          ssh      | 5353482d322e302d4f70656e5353485f392e320d0a               | GREETS  | "SSH-2.0-OpenSSH_9.2", as an SSH server does
          gRPC     | 000006040000000000000500004000                           | ANSWERS | bytes 00 00 06 04 00 00 00 00 00, as a gRPC or HTTP/2 server does
          gRPC     | 000006040000000000000500004000                           | ANSWERS_AND_CLOSES | bytes 00 00 06 04 00 00 00 00 00, as a gRPC or HTTP/2 server does
          MySQL    | 4a0000000a382e302e333300                                 | GREETS  | bytes 4a 00 00 00 0a 38 2e 30 2e, as a MySQL server does
          MySQL    | 4a0000000a382e302e333300                                 | ANSWERS | bytes 4a 00 00 00 0a 38 2e 30 2e, as a MySQL server does
          mail     | 3232302068692045534d54500d0a                             | GREETS  | "220 hi ESMTP", as a mail or FTP server does
          unknown  | ffd8                                                     | ANSWERS_AND_CLOSES | bytes ff d8
          """)
  void anotherProtocol_isNamed(String name, String hex, Manner manner, String answered)
      throws Exception {
    int port = serve(HexFormat.of().parseHex(hex.strip()), manner);

    assertThat(error("http", port)).isEqualTo(NOT_HTTP + answered + ASK);
  }

  @Test
  void tlsThatAnswersWithAnAlert_isSaidToBeHttps() throws Exception {
    int port = serve(HexFormat.of().parseHex("15030300020246"), Manner.ANSWERS_AND_CLOSES);

    assertThat(error("http", port))
        .isEqualTo(
            "this port speaks TLS; set the scheme to https (of a target: __scheme__, or scheme of"
                + " the component)");
  }

  @Test
  void tlsThatAnswersInHttp_isSaidToBeHttps() throws Exception {
    String go = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    int port = serve(go.getBytes(StandardCharsets.US_ASCII), Manner.ANSWERS_AND_CLOSES);

    assertThat(error("http", port))
        .isEqualTo(
            "HTTP status 400: Client sent an HTTP request to an HTTPS server.; this port speaks"
                + " TLS; set the scheme to https (__scheme__ of the target, or scheme of the"
                + " component)");
  }

  @Test
  void plainHttp_isSaidToBeIt_whenHttpsIsSpoken() throws Exception {
    String head = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    int port = serve(head.getBytes(StandardCharsets.US_ASCII), Manner.ANSWERS_AND_CLOSES);

    assertThat(error("https", port))
        .isEqualTo(
            "no TLS with 127.0.0.1:"
                + port
                + ": the other side speaks plain http; set the scheme to http (of a target:"
                + " __scheme__, or scheme of the component)");
  }

  @Test
  void anotherProtocol_isNamed_whenHttpsIsSpoken() throws Exception {
    int port = serve("-ERR Protocol error\r\n".getBytes(StandardCharsets.US_ASCII), Manner.ANSWERS);

    assertThat(error("https", port))
        .isEqualTo(
            "no TLS with 127.0.0.1:"
                + port
                + ": this port does not speak TLS (it answered \"-ERR Protocol error\", as a Redis"
                + " server does)");
  }

  @Test
  void silentClose_namesNoLibrary() throws Exception {
    int port = serve(new byte[0], Manner.ANSWERS_AND_CLOSES);

    assertThat(error("http", port))
        .isEqualTo(
            "connection broke while waiting for an answer: the other side has closed the"
                + " connection; does this port serve HTTP?");
  }

  @Test
  void refused_isSaid() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }

    assertThat(error("http", port))
        .isEqualTo(
            "cannot connect to 127.0.0.1:"
                + port
                + ": connection refused, the host answers but nothing listens on this port");
  }

  @Test
  void noAnswerToTheConnect_isATimeOut() throws Exception {
    ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    open.add(full);
    for (int i = 0; i < 2; i++) {
      open.add(new Socket(full.getInetAddress(), full.getLocalPort()));
    }

    assertThat(error("http", full.getLocalPort(), Duration.ofMillis(600)))
        .contains(
            "127.0.0.1:"
                + full.getLocalPort()
                + ": time-out, nothing answers the attempt to connect");
  }

  @Test
  void splitStatusLine_isStillHttp() throws Exception {
    FakeTarget target =
        new FakeTarget(
            (path, out) -> {
              for (String part : List.of("\r\nHT", "TP/1.1 200 OK\r\nContent-Le", "ngth: 2\r\n")) {
                out.write(part.getBytes(StandardCharsets.US_ASCII));
                out.flush();
              }
              out.write("\r\nok".getBytes(StandardCharsets.US_ASCII));
            });
    open.add(target);
    int port = Integer.parseInt(target.address().split(":", -1)[1]);

    assertThat(scrape("http", port, TIMEOUT)).isInstanceOf(ScrapeResult.Fetched.class);
  }

  private int serve(byte[] answer, Manner manner) throws IOException {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    open.add(server);
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket socket = server.accept();
                  open.add(socket);
                  if (manner != Manner.GREETS) {
                    int ignored = socket.getInputStream().read(new byte[4096]);
                  }
                  OutputStream out = socket.getOutputStream();
                  out.write(answer);
                  out.flush();
                  if (manner == Manner.ANSWERS_AND_CLOSES) {
                    socket.close();
                  }
                } catch (IOException gone) {
                  return;
                }
              }
            },
            "wrong-port");
    thread.setDaemon(true);
    thread.start();
    return server.getLocalPort();
  }

  private String error(String scheme, int port) throws Exception {
    return error(scheme, port, TIMEOUT);
  }

  private String error(String scheme, int port, Duration timeout) throws Exception {
    return ((ScrapeResult.Failed) scrape(scheme, port, timeout)).message();
  }

  private ScrapeResult scrape(String scheme, int port, Duration timeout) throws Exception {
    String url = scheme + "://127.0.0.1:" + port + "/";
    Target target =
        new Target(
            url,
            URI.create(url),
            new ProfileType("memory", true, "/", false),
            Labels.empty(),
            Labels.empty(),
            url,
            new Target.Plan(1_000, 0, timeout.toMillis(), 1 << 20, 1 << 20),
            Target.DeltaMode.NONE);
    Promise<ScrapeResult> result = Promise.promise();
    context.runOnContext(
        ignored ->
            new HttpScraper(
                    new HttpScraper.Tools(
                        ScrapeClient.create(vertx, timers),
                        timers,
                        new BodyBudget(64L << 20, timers),
                        "Stoker/test"),
                    ClientAccess.plain(vertx, timers))
                .scrape(target)
                .result()
                .onComplete(result));
    return result.future().await(20, TimeUnit.SECONDS);
  }
}
