package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.docker.DockerConfig;
import dev.stoker.discovery.docker.DockerDiscoverer;
import dev.stoker.discovery.file.FileConfig;
import dev.stoker.discovery.file.FileDiscoverer;
import dev.stoker.discovery.http.HttpConfig;
import dev.stoker.discovery.http.HttpDiscoverer;
import dev.stoker.discovery.kubelet.KubeletConfig;
import dev.stoker.discovery.kubelet.KubeletDiscoverer;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mechanisms that poll, each on its own kind of source; all behind the running component. */
class MechanismsTest {
  private static final Duration SOON = Duration.ofMillis(100);
  private static final String CONTAINERS =
      """
      [ { "Id": "c1", "Names": [ "/web" ], "Labels": { "com.example/tier": "front" },
          "HostConfig": { "NetworkMode": "shop_default" },
          "Ports": [ { "IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp" },
                     { "PrivatePort": 53, "Type": "udp" } ],
          "NetworkSettings": { "Networks": { "shop_default": { "NetworkID": "n1", "IPAddress": "172.20.0.5" } } } },
        { "Id": "c2", "Names": [ "/sidecar" ], "HostConfig": { "NetworkMode": "container:c1" }, "Ports": [] },
        { "Id": "c3", "Names": [ "/agent" ], "HostConfig": { "NetworkMode": "host" },
          "NetworkSettings": { "Networks": { "host": { "NetworkID": "n2", "IPAddress": "" } } } } ]
      """;
  private static final String NETWORKS =
      """
      [ { "Id": "n1", "Name": "shop_default", "Scope": "local", "Internal": false, "Ingress": false,
          "Labels": { "stack": "shop" } },
        { "Id": "n2", "Name": "host", "Scope": "local" } ]
      """;

  @StartStop public final MockWebServer server = new MockWebServer();
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Context context = vertx.getOrCreateContext();
  private final VertxTimers timers = new VertxTimers(vertx, context);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  // files

  @Test
  void files_areRead_watched_andKeptWhenMalformed() throws Exception {
    Path json = folder.resolve("a.json");
    Path yaml = folder.resolve("b.yaml");
    Files.writeString(json, "[{\"targets\": [\"h:1\"], \"labels\": {\"team\": \"a\", \"n\": 1}}]");
    Files.writeString(yaml, "- targets: ['h:2']\n");
    DiscoveredTargets node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(folder + "/*.*"), SOON), vertx, timers));

    await().until(() -> node.targets().size() == 2);
    assertThat(node.targets())
        .contains(
            Labels.of(
                "__address__", "h:1", "__meta_filepath", json.toString(), "team", "a", "n", "1"));

    Files.writeString(json, "[{\"targets\": [\"h:1\", \"h:3\"]}]");
    await().until(() -> addresses(node).equals(List.of("h:1", "h:3", "h:2")));
    Files.writeString(yaml, "targets: { [");
    await().until(() -> node.health().message().contains(yaml.toString()));
    assertThat(addresses(node)).containsExactly("h:1", "h:3", "h:2");
    Files.writeString(yaml, "- targets: ['h:4']\n");
    await().until(() -> addresses(node).equals(List.of("h:1", "h:3", "h:4")));
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.HEALTHY);
    Files.delete(json);
    await().until(() -> addresses(node).equals(List.of("h:4")));
  }

  @Test
  void aSwappedSymlink_isSeen() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    Files.writeString(one.resolve("t.json"), "[{\"targets\": [\"h:1\"]}]");
    Files.writeString(two.resolve("t.json"), "[{\"targets\": [\"h:2\"]}]");
    Path data = Files.createSymbolicLink(folder.resolve("..data"), one);
    Path file =
        Files.createSymbolicLink(folder.resolve("t.json"), Path.of("..data").resolve("t.json"));
    DiscoveredTargets node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(file.toString()), SOON), vertx, timers));

    await().until(() -> addresses(node).equals(List.of("h:1")));
    Path next = Files.createSymbolicLink(folder.resolve("..next"), two);
    Files.move(next, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    await().until(() -> addresses(node).equals(List.of("h:2")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}| must be a list",
        "[1]| must be { targets, labels }",
        "[{\"targets\": \"h:1\"}]| targets must be a list",
        "[{\"targets\": [[]]}]| write \"host:port\"",
        "[{\"targets\": [\"h:1\"], \"labels\": [1]}]| labels must be a map",
        "[{\"targets\": [\"h:1\"], \"labels\": {\"a\": {}}}]| must be a text",
        "[{\"target\": [\"h:1\"]}]| unknown key \"target\"",
        "&a [*a, *a]| must be { targets, labels }",
        "!!java.net.URL [\"http://x\"]| Global tag is not allowed",
      })
  void malformedFiles_sayWhatIsWrong(String text, String message) throws Exception {
    Path file = Files.writeString(folder.resolve("t.yaml"), text);
    DiscoveredTargets node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(file.toString()), SOON), vertx, timers));

    await().until(node::ready);
    await().untilAsserted(() -> assertThat(node.health().message()).contains(message.strip()));
    assertThat(node.health().message()).contains(file.toString());
  }

  // http

  @Test
  void http_lists_andKeepsTheLastGoodOnes() {
    serve(path -> json("[{\"targets\": [\"h:1\"], \"labels\": {\"a\": \"b\"}}]"));
    DiscoveredTargets node = start(http("/targets?x=1"));

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
    DiscoveredTargets html = start(http("/html"));
    await().until(() -> html.health().message().contains("must be application/json"));
    serve(path -> json("{\"a\": 1}"));
    await().until(() -> html.health().message().contains("no JSON list"));
    serve(path -> json("[[[["));
    await().until(() -> html.health().message().contains("no JSON list"));
  }

  @Test
  void http_isCutAtItsLimit_andAtItsTime() {
    serve(path -> json("x".repeat(3 << 20)));
    DiscoveredTargets large =
        start(http("/large", new BoundedClient.Limits(Duration.ofSeconds(20), 1 << 20)));
    await().until(() -> large.health().message().contains("larger than 1 MiB"));
    serve(path -> json("[]").newBuilder().throttleBody(1, 1, TimeUnit.SECONDS).build());
    DiscoveredTargets slow =
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
      DiscoveredTargets node =
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
    DiscoveredTargets node =
        start(http("/hung", new BoundedClient.Limits(Duration.ofMillis(200), 1 << 20)));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(addresses(node)).containsExactly("h:1"));
  }

  @Test
  void yamlLabels_areTexts() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("t.yaml"), "- targets: [h:1]\n  labels: {v: 1.10, no: no, o: 010}\n");
    DiscoveredTargets node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(file.toString()), SOON), vertx, timers));

    await().until(() -> !node.targets().isEmpty());
    assertThat(node.targets().get(0).toMap())
        .containsEntry("v", "1.10")
        .containsEntry("no", "no")
        .containsEntry("o", "010");
  }

  // docker

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "[{\"Id\": null, \"Names\": [\"/a\"], \"Ports\": [null]}]"})
  void docker_nulls_areAMessage_notSilence(String containers) {
    serve(path -> json(path.startsWith("/networks") ? NETWORKS : containers));
    DiscoveredTargets node = start(docker(server.url("/").toString(), ""));

    await().until(node::ready);
  }

  @Test
  void docker_givesPrometheusLabels_overTcp() {
    serve(path -> json(path.startsWith("/networks") ? NETWORKS : CONTAINERS));
    DiscoveredTargets node = start(docker(server.url("/").toString(), ""));

    await().until(() -> node.targets().size() == 3);
    assertThat(named(node, "/web").toMap())
        .isEqualTo(
            Labels.of(
                    "__address__", "172.20.0.5:80",
                    "__meta_docker_container_id", "c1",
                    "__meta_docker_container_name", "/web",
                    "__meta_docker_container_network_mode", "shop_default",
                    "__meta_docker_container_label_com_example_tier", "front",
                    "__meta_docker_network_id", "n1",
                    "__meta_docker_network_name", "shop_default",
                    "__meta_docker_network_scope", "local",
                    "__meta_docker_network_internal", "false",
                    "__meta_docker_network_ingress", "false",
                    "__meta_docker_network_label_stack", "shop",
                    "__meta_docker_network_ip", "172.20.0.5",
                    "__meta_docker_port_private", "80",
                    "__meta_docker_port_public", "8080",
                    "__meta_docker_port_public_ip", "0.0.0.0")
                .toMap());
    assertThat(named(node, "/sidecar").get("__address__")).isEqualTo("172.20.0.5:6060");
    assertThat(named(node, "/agent").get("__address__")).isEqualTo("the-host");
  }

  @Test
  void docker_overAUnixSocket() throws Exception {
    Path socket = folder.resolve("docker.sock");
    vertx
        .createHttpServer()
        .requestHandler(
            request ->
                request.response().end(request.path().equals("/networks") ? NETWORKS : CONTAINERS))
        .listen(SocketAddress.domainSocketAddress(socket.toString()))
        .await(20, TimeUnit.SECONDS);
    DiscoveredTargets node = start(docker("http://docker", socket.toString()));

    await().until(() -> node.targets().size() == 3);
  }

  @Test
  void docker_inAnotherShape_saysSo() {
    serve(path -> json("[ { \"Id\": 1, \"Names\": {} } ]"));
    DiscoveredTargets node = start(docker(server.url("/").toString(), ""));

    await().until(() -> node.health().message().contains("in another shape than a Docker engine"));
  }

  // kubelet

  @Test
  void kubelet_givesPods_ofTheNamespaces() {
    serve(
        path ->
            json(
                """
                { "kind": "PodList", "apiVersion": "v1", "items": [
                  { "metadata": { "name": "a", "namespace": "shop" },
                    "spec": { "containers": [ { "name": "app", "ports": [ { "containerPort": 80 } ] } ] },
                    "status": { "podIP": "10.0.0.1" } },
                  { "metadata": { "name": "no-status", "namespace": "shop" } },
                  { "metadata": { "name": "b", "namespace": "other" }, "status": { "podIP": "10.0.0.2" } } ] }
                """));
    DiscoveredTargets node = start(kubelet());

    await().until(() -> !node.targets().isEmpty());
    assertThat(addresses(node)).containsExactly("10.0.0.1:80");
    serve(path -> json("<html>"));
    await().until(() -> node.health().message().contains("no list of pods"));
    serve(path -> json("{\"kind\": \"Status\", \"apiVersion\": \"v1\"}"));
    await().until(() -> node.health().message().contains("no list of pods"));
    serve(path -> new MockResponse.Builder().code(403).build());
    await().until(() -> node.health().message().contains("nodes/pods"));
    assertThat(addresses(node)).containsExactly("10.0.0.1:80");
  }

  // harness

  private DiscoveredTargets start(Discoverer discoverer) {
    DiscoveredTargets node =
        new DiscoveredTargets(
            "discovery.test.t", discoverer, timers, TargetBudget.unbounded(), () -> {});
    context.runOnContext(ignored -> node.start());
    return node;
  }

  private BoundedClient get(BoundedClient.Limits limits) {
    return new BoundedClient(
        vertx, timers, ClientAccess.plain(vertx, timers), limits, "stoker-test");
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

  private Discoverer docker(String url, String socket) {
    return DockerDiscoverer.create(
        new DockerConfig(
            "discovery.docker.d",
            URI.create(url),
            socket,
            6060,
            "the-host",
            true,
            Map.of("label", List.of("a=b")),
            SOON,
            HttpClientConfig.DEFAULT),
        get(new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20)),
        timers);
  }

  private Discoverer kubelet() {
    return KubeletDiscoverer.create(
        new KubeletConfig(
            "discovery.kubelet.k",
            server.url("/").uri(),
            SOON,
            List.of("shop"),
            HttpClientConfig.DEFAULT),
        get(new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20)),
        vertx,
        timers);
  }

  private void serve(Function<String, MockResponse> answer) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer.apply(request.getUrl().encodedPath());
          }
        });
  }

  private static MockResponse json(String body) {
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/json; charset=utf-8")
        .body(body)
        .build();
  }

  private static List<String> addresses(TargetNode node) {
    return node.targets().stream().map(target -> target.get("__address__")).toList();
  }

  private static Labels named(TargetNode node, String container) {
    return node.targets().stream()
        .filter(target -> target.get("__meta_docker_container_name").equals(container))
        .findFirst()
        .orElseThrow();
  }
}
