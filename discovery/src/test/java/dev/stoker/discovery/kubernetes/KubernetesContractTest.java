package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.DiscovererContract;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.watch.Watches;
import dev.stoker.http.client.HttpClientConfig;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

final class KubernetesContractTest extends DiscovererContract {
  private final FakeApiServer api = new FakeApiServer();
  private final Watches watches =
      new Watches(vertx, context, timers, TargetBudget.unbounded(), "stoker-test");
  private int pods;

  KubernetesContractTest() throws Exception {}

  @AfterEach
  void closeServer() throws Exception {
    api.close();
  }

  @Override
  protected Discoverer discoverer() {
    return new KubernetesDiscoverer(
        new KubernetesConfig(
            "discovery.kubernetes.k",
            Role.POD,
            new ApiAccess(api.url(), "", HttpClientConfig.DEFAULT),
            List.of(),
            false,
            List.of(),
            Attach.NOTHING,
            ""),
        watches,
        vertx);
  }

  @Override
  protected void works(int targets) {
    api.answer(null);
    for (; pods < targets; pods++) {
      api.put(
          "pods",
          new PodBuilder()
              .withNewMetadata()
              .withNamespace("shop")
              .withName("p" + pods)
              .endMetadata()
              .withNewSpec()
              .addNewContainer()
              .withName("app")
              .addNewPort()
              .withContainerPort(80)
              .endPort()
              .endContainer()
              .endSpec()
              .withNewStatus()
              .withPodIP("10.0.0." + (pods + 1))
              .endStatus()
              .build());
    }
    for (; pods > targets; pods--) {
      api.delete("pods", "shop/p" + (pods - 1));
    }
  }

  @Override
  protected void fails() {
    api.answer(FakeApiServer.Fault.status(500, "etcd has no leader"));
    api.endWatches();
  }
}
