package dev.stoker.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.FakeApiServer.Asked;
import dev.stoker.discovery.kubernetes.FakeApiServer.Fault;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.watch.Watches;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists and watches as time passes, and as an API server and the network go wrong. */
class ReflectorTest {
  @TempDir Path folder;

  private final FakeApiServer api = new FakeApiServer();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(1_700_000_000_000L);
  private final TargetBudget budget = new TargetBudget(4 << 20);
  private final Watches watches = new Watches(vertx, context, timers, budget, "stoker-test");
  private final Seen seen = new Seen();

  ReflectorTest() throws Exception {}

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    api.close();
  }

  @Test
  void tenQuietMinutes_haveOneList_andGoOnFromTheLastVersion() throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    start(Role.POD, "");

    for (int round = 1; round <= 20; round++) {
      int now = round;
      until(() -> api.watches("pods") == now && seen.fine.get() == now + 1);
      api.bookmark("pods");
      advance(30_000);
      api.endWatches();
    }
    until(() -> api.watches("pods") == 21);

    assertThat(api.lists("pods")).isEqualTo(1);
    assertThat(seen.failures).isEmpty();
    List<Asked> asked = api.asked();
    assertThat(asked.get(asked.size() - 1).query())
        .containsEntry("allowWatchBookmarks", "true")
        .containsEntry("resourceVersion", "31");
    assertThat(asked.stream().filter(Asked::isWatch))
        .allSatisfy(
            watch ->
                assertThat(Integer.parseInt(watch.query().get("timeoutSeconds")))
                    .isBetween(27, 30));
  }

  @Test
  void aWatchThatHangs_isSaidWithin45Seconds_andLeftForANewOne() throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    start(Role.POD, "");
    until(() -> isWatching(1) && seen.has("shop/cart"));

    api.hang();
    api.put("pods", "shop/other", pod("other", "10.0.0.2"));
    advance(34_000);
    assertThat(seen.failures).isEmpty();
    advance(11_000);
    assertThat(seen.failure())
        .contains("has said nothing for 3", "a watch of pods", "the connection hangs");
    until(() -> api.watches("pods") == 2);
    // The new one hangs too, in its beginning.
    advance(20_000);
    assertThat(seen.failure()).contains("has not answered for 20 s to a watch of pods");

    api.wake();
    until(500, () -> seen.has("shop/other"));
    assertThat(seen.failure()).isEmpty();
    assertThat(api.lists("pods")).as("nothing was lost").isEqualTo(1);
  }

  @Test
  void aListThatHangs_isSaid_andAskedAgain() throws Exception {
    api.hang();
    start(Role.POD, "");
    until(() -> api.lists("pods") == 1);

    advance(20_000);
    assertThat(seen.failure()).contains("has not answered for 20 s to a list of pods");
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    api.wake();
    until(500, () -> seen.has("shop/cart"));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void versionsThatAreGone_areListedAgain_andWhatIsGoneWithThem(boolean status) throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    api.put("pods", "shop/other", pod("other", "10.0.0.2"));
    start(Role.POD, "");
    until(() -> isWatching(1) && seen.has("shop/cart"));

    advance(30_000);
    api.hang();
    api.delete("pods", "shop/cart");
    api.compact();
    if (status) {
      api.answer(Fault.status(410, "too old resource version"), Asked::isWatch);
    }
    api.breakWatches();
    api.wake();
    until(500, () -> api.lists("pods") == 2);
    api.answer(null);
    until(500, () -> api.open() == 1 && !seen.has("shop/cart"));

    assertThat(seen.has("shop/other")).isTrue();
    assertThat(seen.failures).as("this is in order").isEmpty();
  }

  @Test
  void aRefusalOfAnyLength_isRead_toItsBoundOnly() throws Exception {
    api.answer(new Fault(500, "x".repeat(8 << 20), Map.of()), one -> !one.isWatch());
    start(Role.POD, "");
    until(500, () -> seen.failure().contains("500"));
    api.answer(null);
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(500, () -> seen.has("shop/cart"));
  }

  @Test
  void aWatchThatIsAlwaysRefused_isSaid_andListsAreNotMadeInALoop() throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    api.answer(Fault.status(410, "too old resource version"), Asked::isWatch);
    start(Role.POD, "");
    until(500, () -> seen.failure().contains("410"));
    long lists = api.lists("pods");
    AtomicInteger looks = new AtomicInteger();
    until(500, () -> looks.incrementAndGet() == 120);
    assertThat(api.lists("pods") - lists).as("with a back-off of seconds").isLessThan(30);
    assertThat(seen.failure()).contains("410");
  }

  @Test
  void aLargeList_isReadInPages() throws Exception {
    for (int i = 0; i < 1_201; i++) {
      api.put("pods", "shop/p" + i, pod("p" + i, "10.0.0.1"));
    }
    start(Role.POD, "");
    until(() -> seen.groups.size() == 1_201);

    assertThat(seen.updates.get()).as("all at once").isEqualTo(1);
    assertThat(api.asked().stream().filter(one -> !one.isWatch()).map(Asked::query))
        .extracting(query -> query.getOrDefault("continue", "-") + " " + query.get("limit"))
        .containsExactly("- 500", "500 500", "1000 500");
  }

  @Test
  void aPageThatIsGone_startsTheListAgain() throws Exception {
    for (int i = 0; i < 700; i++) {
      api.put("pods", "shop/p" + i, pod("p" + i, "10.0.0.1"));
    }
    api.answer(Fault.status(410, "expired"), one -> one.query().containsKey("continue"));
    start(Role.POD, "");
    until(() -> api.lists("pods") == 2);
    api.answer(null);
    until(500, () -> seen.groups.size() == 700);

    assertThat(seen.failures).isEmpty();
  }

  @Test
  void podsOfOneNode_areListedOutOfTheServersMemory() throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    start(Role.POD, "n1");
    until(() -> api.open() == 1);

    assertThat(api.asked().get(0).query())
        .containsEntry("resourceVersion", "0")
        .containsEntry("fieldSelector", "spec.nodeName=n1")
        .doesNotContainKey("limit");
  }

  @Test
  void changesThatNoLabelShows_areNone() throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    start(Role.POD, "");
    until(() -> isWatching(1) && seen.has("shop/cart"));
    int before = seen.updates.get();

    for (int i = 0; i < 50; i++) {
      JsonObject churned = pod("cart", "10.0.0.1");
      churned
          .getJsonObject("status")
          .put("message", "round " + i)
          .put(
              "conditions",
              List.of(Map.of("type", "Disk", "status", "True", "lastProbeTime", "t" + i)));
      churned.getJsonObject("metadata").put("managedFields", List.of(Map.of("manager", "m" + i)));
      api.put("pods", "shop/cart", churned);
    }
    api.put("pods", "shop/other", pod("other", "10.0.0.2"));
    until(() -> seen.has("shop/other"));

    assertThat(seen.updates.get()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @CsvSource({"429, 7", "503, 7"})
  void retryAfter_isKept_andSaid(int status, int seconds) throws Exception {
    api.answer(
        Fault.status(status, "Too many requests, please try again later.")
            .with("Retry-After", Integer.toString(seconds)));
    start(Role.POD, "");
    until(() -> !seen.failure().isEmpty());

    assertThat(seen.failure())
        .contains("answers " + status, "try again later", "left alone for 7 s (Retry-After)");
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    api.answer(null);
    advance(6_900);
    settle();
    assertThat(api.asked()).hasSize(1);
    advance(1_000);
    until(() -> seen.has("shop/cart") && seen.failure().isEmpty());
  }

  @Test
  void retryAfterOfAWatch_isKept() throws Exception {
    start(Role.POD, "");
    until(() -> isWatching(1));
    advance(30_000);
    api.answer(Fault.status(429, "slow down").with("Retry-After", "20"));
    api.endWatches();
    until(() -> !seen.failure().isEmpty());
    int asked = api.asked().size();

    advance(19_000);
    settle();
    assertThat(api.asked()).hasSize(asked);
    api.answer(null);
    advance(4_000);
    until(500, () -> api.open() == 1 && seen.failure().isEmpty());
    assertThat(api.lists("pods")).isEqualTo(1);
  }

  @Test
  void aTokenThatIsRefused_isSaid_andItsFileReadAgain() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "old");
    start(Role.POD, "", token);
    until(() -> isWatching(1));
    advance(30_000);
    api.answer(Fault.status(401, "Unauthorized"), one -> !one.authorization().equals("Bearer new"));
    api.endWatches();
    until(() -> !seen.failure().isEmpty());

    assertThat(seen.failure())
        .contains("answers 401: Unauthorized", "check the token in " + token, "read again");
    Files.writeString(token, "new");
    until(2_000, () -> api.open() == 1 && seen.failure().isEmpty());
    assertThat(api.lists("pods")).as("it goes on").isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "POD, list pods of namespace shop, deploy/daemonset.yaml",
    "SERVICE, list services of namespace shop, deploy/rbac-all-roles.yaml",
    "NODE, list nodes, deploy/rbac-all-roles.yaml",
  })
  void forbidden_saysWhatIsMissing_andAFileThatHasIt(Role role, String what, String file)
      throws Exception {
    api.answer(Fault.status(403, "is forbidden"));
    start(role, "", null, List.of("shop"));
    until(() -> !seen.failure().isEmpty());

    assertThat(seen.failure())
        .contains("answers 403: is forbidden", "Stoker may not " + what + ":", file)
        .contains("get, list and watch of " + role.primary().plural());
  }

  @Test
  void aNamespaceThatIsForbidden_keepsNoTargetsOfOthersAway_andHealthDoesNotFlip()
      throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    api.answer(Fault.status(403, "no"), one -> one.path().contains("/namespaces/dark/"));
    start(Role.POD, "", null, List.of("shop", "dark"));
    until(() -> seen.has("shop/cart"));
    assertThat(seen.failure()).contains("Stoker may not list pods of namespace dark");

    api.put("pods", "shop/other", pod("other", "10.0.0.2"));
    until(() -> seen.has("shop/other"));
    assertThat(seen.failure()).contains("Stoker may not list pods of namespace dark");
    assertThat(seen.fine.get()).as("it is never said that all works").isZero();

    JsonObject late = pod("late", "10.0.0.3");
    late.getJsonObject("metadata").put("namespace", "dark");
    api.put("pods", "dark/late", late);
    api.answer(null);
    until(500, () -> seen.has("dark/late") && seen.failure().isEmpty());
  }

  @Test
  void groupsWhosePodsMayNotBeListed_waitForTheirLabels_andOthersDoNot() throws Exception {
    for (String namespace : List.of("shop", "dark")) {
      JsonObject pod = pod("cart", "10.0.0.1");
      pod.getJsonObject("metadata").put("namespace", namespace);
      api.put("pods", namespace + "/cart", pod);
      api.put("endpoints", namespace + "/web", endpoints("web", namespace));
    }
    api.answer(Fault.status(403, "no"), one -> one.path().contains("/namespaces/dark/pods"));
    start(Role.ENDPOINTS, "", null, List.of("shop", "dark"));
    until(() -> seen.has("shop/web"));
    assertThat(seen.label("shop/web", "__meta_kubernetes_pod_name")).isEqualTo("cart");
    assertThat(seen.failure()).contains("Stoker may not list pods of namespace dark");

    api.put("endpoints", "dark/second", endpoints("second", "dark"));
    api.put("endpoints", "shop/second", endpoints("second", "shop"));
    until(() -> seen.has("shop/second"));
    assertThat(seen.has("dark/web") || seen.has("dark/second")).isFalse();

    api.answer(null);
    until(500, () -> seen.has("dark/web") && seen.has("dark/second") && seen.failure().isEmpty());
    assertThat(seen.label("dark/web", "__meta_kubernetes_pod_name")).isEqualTo("cart");
  }

  private static JsonObject endpoints(String name, String namespace) {
    return new JsonObject(
        """
        {"metadata":{"name":"%s","namespace":"%s"},
         "subsets":[{"ports":[{"port":8080}],"addresses":[{"ip":"10.0.0.1",
           "targetRef":{"kind":"Pod","name":"cart","namespace":"%s"}}]}]}"""
            .formatted(name, namespace, namespace));
  }

  @Test
  void aWatchThatIsForbidden_saysWatch() throws Exception {
    api.answer(Fault.status(403, "no"), Asked::isWatch);
    start(Role.POD, "");
    until(() -> !seen.failure().isEmpty());

    assertThat(seen.failure()).contains("Stoker may not watch pods:");
  }

  @Test
  void aConnectionThatBreaksOnce_isNoNews() throws Exception {
    start(Role.POD, "");
    until(() -> isWatching(1));
    advance(10_000);
    api.breakWatches();
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(500, () -> seen.has("shop/cart"));

    assertThat(seen.failures).isEmpty();
    assertThat(api.lists("pods")).isEqualTo(1);
  }

  @Test
  void watchesThatEndAtOnce_areSaid_andNotAskedForWithoutPause() throws Exception {
    start(Role.POD, "");
    for (int i = 1; i <= 3; i++) {
      int now = i;
      until(50, () -> isWatching(now));
      api.endWatches();
    }
    until(() -> !seen.failure().isEmpty());
    assertThat(seen.failure()).contains("ends each watch of pods as soon as it has begun");

    until(50, () -> api.open() == 1);
    advance(10_000);
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(() -> seen.has("shop/cart"));
    api.endWatches();
    until(10, () -> api.watches("pods") >= 5 && seen.failure().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aWatchThatIsAnsweredAndCutAtOnce_isUnhealthy_untilOneHasLivedOrBroughtSomething(
      boolean brings) throws Exception {
    start(Role.POD, "");
    until(() -> isWatching(1));
    api.cutWatches(true);
    advance(10_000);
    api.breakWatches();
    until(500, () -> !seen.failure().isEmpty());
    int fine = seen.fine.get();
    long watches = api.watches("pods");
    until(500, () -> api.watches("pods") >= watches + 5);
    assertThat(seen.fine.get()).as("it is never said that all works").isEqualTo(fine);
    assertThat(seen.failure()).contains("cannot watch pods");

    api.cutWatches(false);
    until(500, () -> api.open() == 1);
    if (brings) {
      api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
      until(() -> seen.has("shop/cart") && seen.failure().isEmpty());
    } else {
      until(500, () -> seen.failure().isEmpty());
    }
    assertThat(api.lists("pods")).as("it goes on").isEqualTo(1);
  }

  @Test
  void watchesThatHangOneAfterTheOther_areUnhealthy_untilOneHasBroughtSomething() throws Exception {
    start(Role.POD, "");
    until(() -> isWatching(1));
    advance(40_000);
    assertThat(seen.failure()).contains("has said nothing for 3", "the connection hangs");
    until(500, () -> seen.failure().isEmpty());
    until(1_000, () -> !seen.failure().isEmpty());
    int fine = seen.fine.get();
    long watches = api.watches("pods");
    until(1_000, () -> api.watches("pods") >= watches + 2);
    assertThat(seen.fine.get()).isEqualTo(fine);

    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(500, () -> seen.has("shop/cart") && seen.failure().isEmpty());
  }

  @Test
  void aListThatTrickles_isSaid_andGivenUpAfterTwoMinutes() throws Exception {
    api.trickle(true);
    start(Role.POD, "");
    AtomicInteger passed = new AtomicInteger();
    until(
        800,
        () -> {
          api.drip();
          passed.addAndGet(800);
          return !seen.failure().isEmpty();
        });
    assertThat(passed.get()).isBetween(119_000, 135_000);
    assertThat(seen.failure())
        .contains("a list of pods has not come to its end in 120 s", "proxies", "fewer pods");

    api.trickle(false);
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(500, () -> seen.has("shop/cart") && seen.failure().isEmpty());
  }

  @Test
  void aWatchThatTrickles_isSaid_andGivenUpAfterTwoMinutes() throws Exception {
    start(Role.POD, "");
    until(() -> isWatching(1));
    api.trickle(true);
    advance(10_000);
    api.breakWatches();
    until(
        800,
        () -> {
          api.drip();
          return !seen.failure().isEmpty();
        });
    assertThat(seen.failure()).contains("a watch of pods has not come to its end in 120 s");

    api.trickle(false);
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(500, () -> seen.has("shop/cart") && seen.failure().isEmpty());
    assertThat(api.lists("pods")).as("it goes on").isEqualTo(1);
  }

  @Test
  void aListWithoutALastPage_isSaid_andGivenUpAfterTenMinutes() throws Exception {
    api.endlessPages(true);
    start(Role.POD, "");
    for (int page = 0; page < 121 && seen.failure().isEmpty(); page++) {
      long before = api.lists("pods");
      until(() -> api.lists("pods") > before || !seen.failure().isEmpty());
      advance(5_000);
    }
    until(() -> !seen.failure().isEmpty());
    assertThat(seen.failure()).contains("a list of pods has not come to its end in 600 s");

    api.endlessPages(false);
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(500, () -> seen.has("shop/cart") && seen.failure().isEmpty());
  }

  @Test
  void aSecondComponent_doesNotCutShortThePauseThatTheServerAskedFor() throws Exception {
    for (int i = 0; i < 1_001; i++) {
      api.put("pods", "shop/p" + i, pod("p" + i, "10.0.0.1"));
    }
    start(Role.POD, "");
    until(() -> isWatching(1));
    advance(30_000);
    api.answer(Fault.status(429, "slow down").with("Retry-After", "20"));
    api.endWatches();
    until(() -> !seen.failure().isEmpty());
    int asked = api.asked().size();
    api.answer(null);

    Seen second = new Seen();
    start(Role.POD, "", second);
    advance(19_000);
    settle();
    assertThat(api.asked()).hasSize(asked);
    advance(4_000);
    until(() -> second.groups.size() == 1_001);
  }

  @Test
  void componentsThatJoinAList_shareIt() throws Exception {
    api.hang();
    start(Role.POD, "");
    until(() -> api.lists("pods") == 1);
    for (int i = 0; i < 3; i++) {
      start(Role.POD, "", new Seen());
    }
    settle();
    assertThat(api.lists("pods")).isEqualTo(1);
  }

  @Test
  void backOff_neverGrowsOver10Seconds() throws Exception {
    api.answer(Fault.status(500, "etcd is gone 0"));
    start(Role.POD, "");
    for (int i = 0; i < 12; i++) {
      String words = "etcd is gone " + i;
      until(() -> seen.failure().endsWith(words));
      api.answer(Fault.status(500, "etcd is gone " + (i + 1)));
      advance(10_000);
    }
  }

  @Test
  void anObjectThatMakesNoSense_isNoTarget_andTheWatchGoesOn() throws Exception {
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    start(Role.POD, "");
    until(() -> isWatching(1) && seen.has("shop/cart"));

    JsonObject odd = pod("cart", "10.0.0.1");
    odd.put("spec", "none");
    api.put("pods", "shop/cart", odd);
    api.put("pods", "shop/other", pod("other", "10.0.0.2"));
    until(() -> seen.has("shop/other"));

    assertThat(seen.has("shop/cart")).isFalse();
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  void garbageInAWatch_isSaid_andTheWatchGoesOnFromBeforeIt() throws Exception {
    start(Role.POD, "");
    until(() -> api.open() == 1);
    api.frame("pods", "<html>a proxy's words</html>");
    until(500, () -> api.watches("pods") == 2 && api.open() == 1);
    api.put("pods", "shop/cart", pod("cart", "10.0.0.1"));
    until(() -> seen.has("shop/cart"));

    assertThat(api.lists("pods")).isEqualTo(1);
  }

  @Test
  void objectsThatNobodyLooksUp_areNotKeptByTheThousand_andASecondComponentListsThem()
      throws Exception {
    for (int i = 0; i < 1_100; i++) {
      api.put("pods", "shop/p" + i, pod("p" + i, "10.0.0.1"));
    }
    start(Role.POD, "");
    until(() -> seen.groups.size() == 1_100);
    onContext(() -> assertThat(budget.used()).isBetween(1_000_000L, 3_000_000L));
    until(() -> isWatching(1));

    Seen second = new Seen();
    start(Role.POD, "", second);
    until(() -> second.groups.size() == 1_100);
    assertThat(api.lists("pods")).isEqualTo(6);
    api.delete("pods", "shop/p1099");
    until(500, () -> !seen.has("shop/p1099") && !second.has("shop/p1099"));
  }

  @Test
  void aStoppedComponent_asksNothingMore() throws Exception {
    start(Role.POD, "");
    until(() -> api.open() == 1);
    Discoverer discoverer = Objects.requireNonNull(seen.discoverer);
    onContext(() -> discoverer.stop());
    until(() -> api.open() == 0);

    assertThat(timers.pending()).isZero();
    assertThat(budget.used()).isZero();
    assertThat(watches.size()).isZero();
  }

  private void start(Role role, String node) throws Exception {
    start(role, node, null, List.of());
  }

  private void start(Role role, String node, Seen listener) throws Exception {
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.second",
            role,
            new ApiAccess(api.url(), "", HttpClientConfig.DEFAULT),
            List.of(),
            false,
            List.of(),
            Attach.NOTHING,
            node);
    KubernetesDiscoverer discoverer = new KubernetesDiscoverer(config, watches, vertx);
    onContext(() -> discoverer.start(listener));
  }

  private void start(Role role, String node, Path token) throws Exception {
    start(role, node, token, List.of());
  }

  private void start(
      Role role,
      String node,
      @org.jspecify.annotations.Nullable Path token,
      List<String> namespaces)
      throws Exception {
    HttpClientConfig http =
        token == null
            ? HttpClientConfig.DEFAULT
            : HttpClientConfig.DEFAULT.with(
                new Auth.Authorization("Bearer", Secret.file(token.toString())));
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            role,
            new ApiAccess(api.url(), "", http),
            namespaces,
            false,
            List.of(),
            Attach.NOTHING,
            node);
    KubernetesDiscoverer discoverer = new KubernetesDiscoverer(config, watches, vertx);
    seen.discoverer = discoverer;
    onContext(() -> discoverer.start(seen));
  }

  /** The timers belong to the context. */
  private void advance(long millis) throws Exception {
    onContext(() -> timers.advance(millis));
  }

  private void onContext(Runnable step) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            step.run();
            done.complete(true);
          } catch (Throwable thrown) {
            done.completeExceptionally(thrown);
          }
        });
    done.get(20, TimeUnit.SECONDS);
  }

  /** Whatever is on its way has arrived: a request of the context's has a turn on the server. */
  private void settle() throws Exception {
    for (int i = 0; i < 5; i++) {
      onContext(() -> {});
      api.asked();
    }
  }

  /**
   * So many watches have begun, as the client knows: each is told as health, and so is the list.
   */
  private boolean isWatching(int watches) {
    return api.open() == 1 && seen.fine.get() > watches;
  }

  private void until(BooleanSupplier condition) {
    until(0, condition);
  }

  /**
   * @param millis that pass from look to look
   */
  private void until(long millis, BooleanSupplier condition) {
    await()
        .pollInSameThread()
        .pollDelay(0, TimeUnit.MILLISECONDS)
        .pollInterval(10, TimeUnit.MILLISECONDS)
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              advance(millis);
              return condition.getAsBoolean();
            });
  }

  private static JsonObject pod(String name, String ip) {
    return new JsonObject(
        """
        {"metadata":{"name":"%s","namespace":"shop"},
         "spec":{"nodeName":"n1","containers":[{"name":"app","ports":[{"containerPort":8080}]}]},
         "status":{"phase":"Running","podIP":"%s"}}"""
            .formatted(name, ip));
  }

  /** What the listener was told. */
  private static final class Seen extends UpdatesOnly {
    final Map<String, TargetGroup> groups = new ConcurrentHashMap<>();
    final List<String> failures = new CopyOnWriteArrayList<>(new ArrayList<>());
    final List<TargetGroup> begun = new ArrayList<>();
    final AtomicInteger updates = new AtomicInteger();
    final AtomicInteger fine = new AtomicInteger();
    volatile String failure = "";
    volatile @org.jspecify.annotations.Nullable Discoverer discoverer;

    String failure() {
      return failure;
    }

    String label(String group, String name) {
      TargetGroup found = groups.get(group);
      return found == null || found.targets().isEmpty() ? "" : found.targets().get(0).get(name);
    }

    boolean has(String group) {
      TargetGroup found = groups.get(group);
      return found != null && !found.targets().isEmpty();
    }

    @Override
    public void begin(List<TargetGroup> some) {
      begun.addAll(some);
    }

    @Override
    public void update(List<TargetGroup> updated) {
      fine.incrementAndGet();
      take(updated);
      failure = "";
    }

    @Override
    public void updateInPart(List<TargetGroup> updated, String problem) {
      take(updated);
      failed(problem);
    }

    private void take(List<TargetGroup> updated) {
      if (!updated.isEmpty() || !begun.isEmpty()) {
        updates.incrementAndGet();
      }
      begun.forEach(group -> groups.put(group.source(), group));
      begun.clear();
      updated.forEach(group -> groups.put(group.source(), group));
    }

    @Override
    public void failed(String message) {
      failures.add(message);
      failure = message;
    }
  }
}
