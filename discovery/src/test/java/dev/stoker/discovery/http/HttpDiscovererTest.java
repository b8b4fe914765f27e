package dev.stoker.discovery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.MechanismHarness;
import dev.stoker.discovery.TargetNode;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;

/** Targets from an HTTP server, and from what is none. */
class HttpDiscovererTest extends MechanismHarness {
  @Test
  void http_lists_andKeepsTheLastGoodOnes() {
    serve(path -> json("[{\"targets\": [\"h:1\"], \"labels\": {\"a\": \"b\"}}]"));
    TargetNode node = start(http("/targets?x=1"));

    await().until(() -> !node.targets().isEmpty());
    assertThat(node.targets())
        .containsExactly(
            Labels.of(
                "__address__",
                "h:1",
                "a",
                "b",
                "__meta_url",
                server.url("/targets?x=1").toString()));
    serve(path -> new MockResponse.Builder().code(500).build());
    await().until(() -> node.health().message().contains("answers 500"));
    assertThat(addresses(node)).containsExactly("h:1");
    serve(path -> json("[]"));
    await().until(() -> node.targets().isEmpty());
  }

  @Test
  void http_refusesWhatIsNoList() {
    serve(
        path ->
            new MockResponse.Builder().addHeader("Content-Type", "text/html").body("x").build());
    TargetNode html = start(http("/html"));
    await().until(() -> html.health().message().contains("must be application/json"));
    serve(path -> json("{\"a\": 1}"));
    await().until(() -> html.health().message().contains("no JSON list"));
    serve(path -> json("[[[["));
    await().until(() -> html.health().message().contains("no JSON list"));
  }

  @Test
  void http_isCutAtItsLimit_andAtItsTime() {
    serve(path -> json("x".repeat(3 << 20)));
    TargetNode large =
        start(http("/large", new BoundedClient.Limits(Duration.ofSeconds(20), 1 << 20)));
    await().until(() -> large.health().message().contains("larger than 1 MiB"));
    serve(path -> json("[]").newBuilder().throttleBody(1, 1, TimeUnit.SECONDS).build());
    TargetNode slow =
        start(http("/slow", new BoundedClient.Limits(Duration.ofSeconds(1), 1 << 20)));
    await().until(() -> slow.health().message().contains("no whole answer within 1 s"));
  }

  @Test
  void http_overALimit_isNotReadOn_andLeavesNoConnection() throws Exception {
    AtomicLong written = new AtomicLong();
    try (ServerSocket endless = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread serve =
          new Thread(
              () -> {
                byte[] chunk = new byte[64 << 10];
                try (Socket socket = endless.accept()) {
                  OutputStream out = socket.getOutputStream();
                  out.write(
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
                          .getBytes(StandardCharsets.ISO_8859_1));
                  while (written.get() < 1L << 30) {
                    out.write(chunk);
                    written.addAndGet(chunk.length);
                  }
                } catch (IOException closed) {
                  // what the test is about
                }
              });
      serve.start();
      URI url = URI.create("http://127.0.0.1:" + endless.getLocalPort() + "/");
      TargetNode node =
          start(
              HttpDiscoverer.create(
                  new HttpConfig(
                      "discovery.http.h", url, Duration.ofHours(1), HttpClientConfig.DEFAULT),
                  get(new BoundedClient.Limits(Duration.ofSeconds(20), 1 << 20)),
                  vertx,
                  timers));

      await().until(() -> node.health().message().contains("larger than 1 MiB"));
      serve.join(10_000);
      assertThat(serve.isAlive()).isFalse();
      assertThat(written.get()).isLessThan(64L << 20);
    }
  }

  @Test
  void http_hungAnswers_doNotUseUpTheConnections() {
    AtomicLong asked = new AtomicLong();
    serve(
        path ->
            asked.incrementAndGet() <= 8
                ? new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build()
                : json("[{\"targets\": [\"h:1\"]}]"));
    TargetNode node =
        start(http("/hung", new BoundedClient.Limits(Duration.ofMillis(200), 1 << 20)));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(addresses(node)).containsExactly("h:1"));
  }

  private Discoverer http(String path) {
    return http(path, new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20));
  }

  private Discoverer http(String path, BoundedClient.Limits limits) {
    URI url = server.url(path).uri();
    return HttpDiscoverer.create(
        new HttpConfig("discovery.http.h", url, SOON, HttpClientConfig.DEFAULT),
        get(limits),
        vertx,
        timers);
  }
}
