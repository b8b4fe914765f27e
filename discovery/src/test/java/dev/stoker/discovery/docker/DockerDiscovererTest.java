package dev.stoker.discovery.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.MechanismHarness;
import dev.stoker.discovery.TargetNode;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets from a Docker engine, over TCP and over its socket. */
class DockerDiscovererTest extends MechanismHarness {
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

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "[{\"Id\": null, \"Names\": [\"/a\"], \"Ports\": [null]}]"})
  void docker_nulls_areAMessage_notSilence(String containers) {
    serve(path -> json(path.startsWith("/networks") ? NETWORKS : containers));
    TargetNode node = start(docker(server.url("/").toString(), ""));

    await().until(node::ready);
  }

  @Test
  void docker_givesPrometheusLabels_overTcp() {
    serve(path -> json(path.startsWith("/networks") ? NETWORKS : CONTAINERS));
    TargetNode node = start(docker(server.url("/").toString(), ""));

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
    TargetNode node = start(docker("http://docker", socket.toString()));

    await().until(() -> node.targets().size() == 3);
  }

  @Test
  void docker_inAnotherShape_saysSo() {
    serve(path -> json("[ { \"Id\": 1, \"Names\": {} } ]"));
    TargetNode node = start(docker(server.url("/").toString(), ""));

    await().until(() -> node.health().message().contains("in another shape than a Docker engine"));
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

  private static Labels named(TargetNode node, String container) {
    return node.targets().stream()
        .filter(target -> target.get("__meta_docker_container_name").equals(container))
        .findFirst()
        .orElseThrow();
  }
}
