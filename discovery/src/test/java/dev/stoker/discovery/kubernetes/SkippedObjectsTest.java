package dev.stoker.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetNode;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.discovery.kubernetes.watch.KindWatch;
import dev.stoker.discovery.kubernetes.watch.Watches;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Objects that are there and not used are shown where one looks, and come back when they can. */
class SkippedObjectsTest {
  private static final String META = "__meta_kubernetes_";
  private static final List<String> KINDS =
      List.of("nodes", "namespaces", "pods", "services", "endpoints", "endpointslices");

  private final FakeApiServer api = new FakeApiServer();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(1_700_000_000_000L);
  private final TargetBudget budget = new TargetBudget(4 << 20);
  private final Watches watches = new Watches(vertx, context, timers, budget, "stoker-test");
  private final TargetGraph graph = new TargetGraph(timers, budget);
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(KindWatch.class);

  SkippedObjectsTest() throws Exception {}

  @BeforeEach
  void listen() {
    appender.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(appender);
  }

  @AfterEach
  void close() throws Exception {
    logger.detachAppender(appender);
    logger.setLevel(null);
    vertx.close().await(20, TimeUnit.SECONDS);
    api.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POD, true, false, nodes, node_label_zone",
    "POD, false, true, namespaces, namespace_label_zone",
    "ENDPOINTS, false, false, pods, pod_label_zone",
    "ENDPOINTSLICE, false, false, pods, pod_label_zone",
    "ENDPOINTS, false, false, services, service_label_zone",
  })
  void whatIsLookedUpAndHadNoRoom_comesBackWhenThereIsSome(
      Role role, boolean node, boolean namespace, String kind, String label) throws Exception {
    put("nodes", "n1", "", "{}");
    put("namespaces", "shop", "", "{}");
    put("pods", "web", "shop", POD);
    put("services", "web", "shop", "{}");
    put("endpoints", "web", "shop", ENDPOINTS);
    put("endpointslices", "web", "shop", SLICE);
    // As large as nothing else, and as the room that is left.
    api.put(kind, key(kind), large(kind));
    long taken = budget.most() - 40_000;
    on(() -> budget.take(taken));
    start(role, new Attach(node, namespace));
    until(0, it -> it.health().message().contains("left out"));

    assertThat(node().health().state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
    assertThat(node().health().message())
        .contains("1 " + kind + " are left out (reason limit)", "no labels of those");
    assertThat(node().targets()).allMatch(target -> target.get(META + label).isEmpty());
    advance(130_000);
    assertThat(api.lists(kind)).as("there is no room").isEqualTo(1);

    on(
        () -> {
          budget.give(taken);
          return true;
        });
    advance(60_000);
    until(
        100,
        it -> {
          // So that no watch hangs.
          KINDS.forEach(api::bookmark);
          return it.health().state() == ComponentHealth.State.HEALTHY && has(it, META + label, "a");
        });
    assertThat(api.lists(kind)).isEqualTo(2);
    assertThat(node().dropped()).isEmpty();
    advance(180_000);
    assertThat(api.lists(kind)).as("all is there").isEqualTo(2);
  }

  @Test
  void podsOfANodeWithoutRoom_areDroppedByTheLimit_andNotAsOfAnUnknownNode() throws Exception {
    put("pods", "web", "shop", POD);
    api.put("nodes", "n1", large("nodes"));
    on(() -> budget.take(budget.most() - 40_000));
    start(Role.POD, new Attach(true, false));
    until(0, it -> !it.dropped().isEmpty());

    assertThat(node().dropped())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.LIMIT);
              assertThat(drop.detail())
                  .contains("node n1 cannot be used: there is no room for it", "4 MiB");
            });
  }

  @Test
  void objectsThatGiveTargetsAndLookUp_areDroppedByTheLimit() throws Exception {
    put("endpoints", "small", "shop", ENDPOINTS);
    api.put("endpoints", "shop/web", large("endpoints"));
    on(() -> budget.take(budget.most() - 40_000));
    start(Role.ENDPOINTS, Attach.NOTHING);
    until(0, it -> !it.dropped().isEmpty() && !it.targets().isEmpty());

    assertThat(node().dropped())
        .containsExactly(
            new DroppedTarget(
                "discovery.kubernetes.k",
                Labels.of(META + "namespace", "shop", META + "endpoints_name", "web"),
                DroppedTarget.Reason.LIMIT,
                "there is no room for it in the memory for targets (4 MiB)"));
  }

  @Test
  void oddObjects_areDroppedTargets_withTheirReason_untilTheyMakeSense() throws Exception {
    put("pods", "web", "shop", POD);
    JsonObject odd = object("odd", "shop", POD).put("spec", "none");
    api.put("pods", "shop/odd", odd.copy());
    start(Role.POD, Attach.NOTHING);
    String why = "its field spec is not of the kind that the API has there";
    until(0, it -> has(it, META + "pod_name", "web"));
    assertThat(node().dropped()).containsExactly(invalid("odd", why));
    assertThat(node().health().state()).isEqualTo(ComponentHealth.State.HEALTHY);

    // In a watch: another one turns odd, and then too large; its last good targets are not kept.
    until(0, it -> api.open() == 1);
    api.put("pods", "shop/web", object("web", "shop", POD).put("spec", 7));
    until(100, it -> it.targets().isEmpty());
    assertThat(node().dropped())
        .containsExactlyInAnyOrder(invalid("odd", why), invalid("web", why));
    JsonObject huge = object("web", "shop", POD);
    huge.getJsonObject("metadata").put("managedFields", "x".repeat(9 << 20));
    api.put("pods", "shop/web", huge);
    String tooLarge = "the object is over 8 MiB, which no API server keeps";
    until(100, it -> it.dropped().contains(invalid("web", tooLarge)));

    put("pods", "web", "shop", POD);
    api.delete("pods", "shop/odd");
    until(100, it -> it.dropped().isEmpty() && has(it, META + "pod_name", "web"));
    assertThat(appender.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "an object of the API cannot be used", "an object of the API cannot be used");
  }

  @Test
  void oddObjectsThatAreLookedUp_areInTheComponentsMessage_andTheReasonOfItsPods()
      throws Exception {
    put("pods", "web", "shop", POD);
    api.put("nodes", "n1", object("n1", "", "{}").put("status", "none"));
    start(Role.POD, new Attach(true, false));
    until(0, it -> it.health().message().contains("cannot be used"));

    assertThat(node().health().message())
        .contains("1 of the nodes cannot be used (reason invalid)", "n1: its field status is not");
    assertThat(node().dropped())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.INVALID);
              assertThat(drop.detail()).contains("node n1 cannot be used: its field status");
            });

    put("nodes", "n1", "", "{}");
    until(
        1_000,
        it -> it.health().state() == ComponentHealth.State.HEALTHY && !it.targets().isEmpty());
  }

  @Test
  void objectsWithoutAName_areCounted() throws Exception {
    put("pods", "web", "shop", POD);
    for (int i = 0; i < 3; i++) {
      api.put("pods", "shop/nameless" + i, new JsonObject("{\"metadata\":{},\"spec\":{}}"));
    }
    start(Role.POD, Attach.NOTHING);
    until(0, it -> has(it, META + "pod_name", "web"));

    assertThat(node().health().message())
        .isEqualTo("3 of the pods cannot be used (reason invalid): they have no name");
    assertThat(node().dropped()).isEmpty();
  }

  @Test
  void aThousandOddObjects_areTenLinesAndASum() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      api.put("pods", "shop/odd" + i, object("odd" + i, "shop", POD).put("spec", i));
    }
    start(Role.POD, Attach.NOTHING);
    until(0, it -> it.dropped().size() == 1_000);
    advance(10_000);

    assertThat(appender.list).hasSize(11);
    assertThat(appender.list.get(10).getFormattedMessage())
        .isEqualTo("more objects of the API cannot be used");
    assertThat(appender.list.get(10).getKeyValuePairs().toString())
        .contains("objects=\"990\"", "kind=\"pods\"", "990 × its field spec is not");
  }

  private static DroppedTarget invalid(String pod, String why) {
    return new DroppedTarget(
        "discovery.kubernetes.k",
        Labels.of(META + "namespace", "shop", META + "pod_name", pod),
        DroppedTarget.Reason.INVALID,
        why);
  }

  private static final String POD =
      """
      {"spec":{"nodeName":"n1","containers":[{"name":"app","ports":[{"containerPort":8080}]}]},
       "status":{"phase":"Running","podIP":"10.0.0.1"}}""";

  private static final String ENDPOINTS =
      """
      {"subsets":[{"ports":[{"port":8080}],"addresses":[{"ip":"10.0.0.1",
         "targetRef":{"kind":"Pod","name":"web","namespace":"shop"}}]}]}""";

  private static final String SLICE =
      """
      {"addressType":"IPv4","ports":[{"port":8080}],"endpoints":[{"addresses":["10.0.0.1"],
         "targetRef":{"kind":"Pod","name":"web","namespace":"shop"}}]}""";

  private static String body(String kind) {
    return switch (kind) {
      case "pods" -> POD;
      case "endpoints" -> ENDPOINTS;
      default -> "{}";
    };
  }

  private static String name(String kind) {
    return kind.equals("nodes") ? "n1" : kind.equals("namespaces") ? "shop" : "web";
  }

  private static String namespace(String kind) {
    return kind.equals("nodes") || kind.equals("namespaces") ? "" : "shop";
  }

  private static String key(String kind) {
    return ObjectKey.of(namespace(kind), name(kind));
  }

  private static JsonObject large(String kind) {
    JsonObject object = object(name(kind), namespace(kind), body(kind));
    object
        .getJsonObject("metadata")
        .put("annotations", new JsonObject().put("big", "x".repeat(60_000)));
    return object;
  }

  private void put(String kind, String name, String namespace, String body) {
    api.put(kind, ObjectKey.of(namespace, name), object(name, namespace, body));
  }

  private static JsonObject object(String name, String namespace, String body) {
    JsonObject meta =
        new JsonObject().put("name", name).put("labels", new JsonObject().put("zone", "a"));
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    return new JsonObject(body).put("metadata", meta);
  }

  private void start(Role role, Attach attach) throws Exception {
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            role,
            new ApiAccess(api.url(), "", HttpClientConfig.DEFAULT),
            List.of(),
            false,
            List.of(),
            attach,
            "");
    on(
        () -> {
          graph.discover(
              "discovery.kubernetes.k", new KubernetesDiscoverer(config, watches, vertx));
          graph.start();
          return true;
        });
  }

  private TargetNode node() {
    return graph.nodes().get(0);
  }

  private static boolean has(TargetNode node, String label, String value) {
    return node.targets().stream().anyMatch(target -> target.get(label).equals(value));
  }

  private void advance(long millis) throws Exception {
    on(
        () -> {
          timers.advance(millis);
          return true;
        });
  }

  private boolean on(Callable<Boolean> step) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            done.complete(step.call());
          } catch (Throwable thrown) {
            done.completeExceptionally(thrown);
          }
        });
    return done.get(20, TimeUnit.SECONDS);
  }

  /**
   * @param millis that pass from look to look
   */
  private void until(long millis, Predicate<TargetNode> condition) {
    await()
        .pollInSameThread()
        .pollDelay(0, TimeUnit.MILLISECONDS)
        .pollInterval(10, TimeUnit.MILLISECONDS)
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () ->
                on(
                    () -> {
                      timers.advance(millis);
                      return condition.test(node());
                    }));
  }
}
