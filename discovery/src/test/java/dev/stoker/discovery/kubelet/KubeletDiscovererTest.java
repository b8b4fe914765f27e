package dev.stoker.discovery.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.MechanismHarness;
import dev.stoker.discovery.TargetNode;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.HttpClientConfig;
import java.time.Duration;
import java.util.List;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.Test;

/** Targets from the kubelet of one node. */
class KubeletDiscovererTest extends MechanismHarness {
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
    TargetNode node = start(kubelet());

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
}
