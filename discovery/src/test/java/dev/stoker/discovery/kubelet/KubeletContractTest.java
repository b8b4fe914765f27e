package dev.stoker.discovery.kubelet;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.HttpSourceContract;
import dev.stoker.http.client.HttpClientConfig;
import java.util.List;

final class KubeletContractTest extends HttpSourceContract {
  @Override
  protected Discoverer discoverer() {
    return KubeletDiscoverer.create(
        new KubeletConfig(
            "discovery.kubelet.k",
            server.url("/").uri(),
            SOON,
            List.of(),
            HttpClientConfig.DEFAULT),
        client(),
        vertx,
        timers);
  }

  @Override
  protected String body(String path, int targets) {
    return "{ \"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": "
        + each(
            targets,
            i ->
                """
                { "metadata": { "name": "p%d", "namespace": "shop" },
                  "spec": { "containers": [ { "name": "app", "ports": [ { "containerPort": 80 } ] } ] },
                  "status": { "podIP": "10.0.0.%d" } }
                """
                    .formatted(i, i))
        + " }";
  }
}
