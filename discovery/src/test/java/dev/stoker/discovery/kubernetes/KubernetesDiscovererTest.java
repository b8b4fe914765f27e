package dev.stoker.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.watch.Selector;
import dev.stoker.discovery.kubernetes.watch.Watches;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against an API server of our own; the real one is in e2e. */
class KubernetesDiscovererTest {
  private final FakeApiServer api = new FakeApiServer();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Watches watches =
      new Watches(
          vertx, context, new VertxTimers(vertx, context), TargetBudget.unbounded(), "stoker-test");

  KubernetesDiscovererTest() throws Exception {}

  @AfterEach
  void close() throws Exception {
    api.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void podsComeAndGo_withTheLabelsOfPrometheus() {
    api.put("pods", pod("cart", "10.0.0.1"));
    Seen seen = start(config(Role.POD, Attach.NOTHING, ""));

    await().until(() -> seen.groups.containsKey("shop/cart"));
    assertThat(seen.labels("shop/cart"))
        .containsEntry("__address__", "10.0.0.1:8080")
        .containsEntry("__meta_kubernetes_namespace", "shop")
        .containsEntry("__meta_kubernetes_pod_name", "cart")
        .containsEntry("__meta_kubernetes_pod_ready", "unknown")
        .containsEntry("__meta_kubernetes_pod_annotation_a_b_c", "yes")
        .containsEntry("__meta_kubernetes_pod_annotationpresent_a_b_c", "true")
        .containsEntry("__meta_kubernetes_pod_container_port_name", "http")
        .doesNotContainKey("__meta_kubernetes_node_name");

    api.put(
        "pods",
        new PodBuilder(pod("cart", "10.0.0.1"))
            .editMetadata()
            .addToLabels("v", "2")
            .endMetadata()
            .build());
    await()
        .untilAsserted(
            () ->
                assertThat(seen.labels("shop/cart"))
                    .containsEntry("__meta_kubernetes_pod_label_v", "2"));

    api.delete("pods", "shop/cart");
    await().until(() -> seen.labels("shop/cart").isEmpty());
  }

  @Test
  void aNodesChange_buildsItsPodsAgain() {
    api.put("nodes", node("a"));
    api.put("pods", pod("cart", "10.0.0.1"));
    Seen seen = start(config(Role.POD, new Attach(true, false), ""));

    await()
        .untilAsserted(
            () ->
                assertThat(seen.labels("shop/cart"))
                    .containsEntry("__meta_kubernetes_node_label_zone", "a"));
    api.put("nodes", node("b"));
    await()
        .untilAsserted(
            () ->
                assertThat(seen.labels("shop/cart"))
                    .containsEntry("__meta_kubernetes_node_label_zone", "b"));
  }

  /** That the server filters by it is seen in e2e. */
  @Test
  void node_isAFieldSelectorOfPods_besideAnother() {
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            Role.POD,
            ApiAccess.IN_CLUSTER,
            List.of(),
            false,
            List.of(new Selector(Kind.POD, "a=b", "status.phase=Running")),
            Attach.NOTHING,
            "n1");

    assertThat(config.selector(Kind.POD).field())
        .isEqualTo("status.phase=Running,spec.nodeName=n1");
    assertThat(config.selector(Kind.POD).label()).isEqualTo("a=b");
    assertThat(config.selector(Kind.NODE).field()).isEmpty();
  }

  @Test
  void equalComponents_shareOneWatch_andTheLastOneClosesIt() throws Exception {
    api.put("pods", pod("cart", "10.0.0.1"));
    KubernetesConfig config = config(Role.POD, Attach.NOTHING, "");
    Seen one = start(config);
    await().until(() -> one.groups.containsKey("shop/cart"));
    Seen two = start(config);
    await().until(() -> two.groups.containsKey("shop/cart"));

    assertThat(watches.size()).isEqualTo(1);
    Promise<Void> stopped = Promise.promise();
    context.runOnContext(ignored -> one.discoverer.stop().onComplete(stopped));
    stopped.future().await(10, TimeUnit.SECONDS);
    api.put("pods", pod("other", "10.0.0.2"));
    await().until(() -> two.groups.containsKey("shop/other"));
    assertThat(one.groups).doesNotContainKey("shop/other");
  }

  @Test
  void unreachableServer_saysSo_andNothingIsLost() {
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            Role.POD,
            new ApiAccess("http://127.0.0.1:1", "", HttpClientConfig.DEFAULT),
            List.of(),
            false,
            List.of(),
            Attach.NOTHING,
            "");
    Seen seen = start(config);

    await().until(() -> !seen.failure.isEmpty());
    assertThat(seen.failure)
        .contains("cannot list pods", "refuses the connection", "http://127.0.0.1:1");
    assertThat(seen.updates.get()).isZero();
  }

  @Test
  void aClientThatCannotBeMade_saysWhy() {
    String pem = "-----BEGIN CERTIFICATE-----\nopen\n-----END CERTIFICATE-----";
    Secret key = Secret.text(pem.replace("CERTIFICATE", "PRIVATE KEY"));
    Tls tls = new Tls(Secret.NONE, Secret.text(pem), key, "", false);
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            Role.POD,
            new ApiAccess("https://127.0.0.1:1", "", HttpClientConfig.DEFAULT.with(tls)),
            List.of(),
            false,
            List.of(),
            Attach.NOTHING,
            "");
    Seen seen = start(config);

    await().until(() -> !seen.failure.isEmpty());
    assertThat(seen.failure)
        .contains("https://127.0.0.1:1", "check certificate, key and CA")
        .doesNotContain("An error has occurred");
  }

  @Test
  void notInACluster_saysWhatToSet() {
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            Role.POD,
            ApiAccess.IN_CLUSTER,
            List.of(),
            false,
            List.of(),
            Attach.NOTHING,
            "");
    Seen seen = start(config);

    await().until(() -> !seen.failure.isEmpty());
    assertThat(seen.failure).contains("set api_server or kubeconfig_file");
  }

  /** What the listener was told. */
  private static final class Seen extends UpdatesOnly {
    final Map<String, TargetGroup> groups = new ConcurrentHashMap<>();
    final List<TargetGroup> begun = new CopyOnWriteArrayList<>();
    final AtomicInteger updates = new AtomicInteger();
    volatile String failure = "";
    final Discoverer discoverer;

    Seen(Discoverer discoverer) {
      this.discoverer = discoverer;
    }

    Map<String, String> labels(String group) {
      TargetGroup found = groups.get(group);
      return found == null || found.targets().isEmpty()
          ? Map.of()
          : new TreeMap<>(found.targets().get(0).toMap());
    }

    @Override
    public void begin(List<TargetGroup> some) {
      begun.addAll(some);
    }

    @Override
    public void updateInPart(List<TargetGroup> updated, String problem) {
      update(updated);
      failure = problem;
    }

    @Override
    public void update(List<TargetGroup> updated) {
      updates.incrementAndGet();
      begun.forEach(group -> groups.put(group.source(), group));
      begun.clear();
      updated.forEach(group -> groups.put(group.source(), group));
    }

    @Override
    public void failed(String message) {
      failure = message;
    }
  }

  private Seen start(KubernetesConfig config) {
    Seen seen = new Seen(new KubernetesDiscoverer(config, watches, vertx));
    context.runOnContext(ignored -> seen.discoverer.start(seen));
    return seen;
  }

  private KubernetesConfig config(Role role, Attach attach, String node) {
    return new KubernetesConfig(
        "discovery.kubernetes.k",
        role,
        new ApiAccess(api.url(), "", HttpClientConfig.DEFAULT),
        List.of(),
        false,
        List.of(),
        attach,
        node);
  }

  private static io.fabric8.kubernetes.api.model.Pod pod(String name, String ip) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("shop")
        .addToAnnotations("a.b/c", "yes")
        .endMetadata()
        .withNewSpec()
        .withNodeName("n1")
        .addNewContainer()
        .withName("app")
        .addNewPort()
        .withName("http")
        .withContainerPort(8080)
        .withProtocol("TCP")
        .endPort()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPodIP(ip)
        .withPhase("Running")
        .endStatus()
        .build();
  }

  private static io.fabric8.kubernetes.api.model.Node node(String zone) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("n1")
        .addToLabels("zone", zone)
        .endMetadata()
        .build();
  }
}
