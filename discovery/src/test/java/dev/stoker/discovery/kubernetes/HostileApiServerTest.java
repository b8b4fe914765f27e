package dev.stoker.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.watch.Watches;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An API server that answers what it should not, and one that then comes to its senses. */
class HostileApiServerTest {
  private static final String GOOD = list(pod("cart", "10.0.0.1", ""));

  @StartStop public final MockWebServer server = new MockWebServer();
  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Watches watches =
      new Watches(
          vertx, context, new VertxTimers(vertx, context), TargetBudget.unbounded(), "stoker-test");
  private final Seen seen = new Seen();
  private volatile MockResponse answer = json(200, GOOD);
  private volatile String authorization = "";

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | {\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Unauthorized\",\"code\":401} | answers 401: Unauthorized; check the token",
        "403 | {\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"pods is forbidden\",\"code\":403} | answers 403: pods is forbidden; Stoker may not list pods: give Stoker's ServiceAccount get, list and watch of pods",
        "500 | {\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"etcd is gone\",\"code\":500} | answers 500: etcd is gone",
        "502 | <html>Bad Gateway</html> | 502",
        "200 | <html>a login page</html> | cannot list pods",
        "200 | {\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":\"none\"} | cannot list pods",
        "200 | [1,2,3] | cannot list pods",
      })
  void nonsense_isAMessage_andWhatComesAfterItIsTaken(int status, String body, String message) {
    answer = json(status, body);
    start(Secret.text("t0"));

    await().untilAsserted(() -> assertThat(seen.failure).contains(message));
    assertThat(seen.groups).isEmpty();

    answer = json(200, GOOD);
    await().atMost(30, TimeUnit.SECONDS).until(() -> seen.groups.containsKey("shop/cart"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no status    | {\"metadata\":{\"name\":\"odd\",\"namespace\":\"shop\"},\"spec\":{}}",
        "no spec      | {\"metadata\":{\"name\":\"odd\",\"namespace\":\"shop\"},\"status\":{\"podIP\":\"10.0.0.9\"}}",
        "null lists   | {\"metadata\":{\"name\":\"odd\",\"namespace\":\"shop\",\"labels\":null},\"spec\":{\"containers\":null},\"status\":{\"containerStatuses\":null}}",
        "null entries | {\"metadata\":{\"name\":\"odd\",\"namespace\":\"shop\",\"labels\":{\"a\":null}},\"spec\":{\"containers\":[null]},\"status\":{\"containerStatuses\":[null],\"podIP\":\"10.0.0.9\"}}",
        "no namespace | {\"metadata\":{\"name\":\"odd\"},\"spec\":{\"containers\":[{}]},\"status\":{\"podIP\":\"10.0.0.9\"}}",
        "no name      | {\"metadata\":{},\"spec\":{}}",
        "no metadata  | {\"spec\":{},\"status\":{}}",
        "odd address  | {\"metadata\":{\"name\":\"odd\",\"namespace\":\"shop\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"ports\":[{\"containerPort\":-5}]}]},\"status\":{\"podIP\":\"not an address\"}}",
      })
  void anObjectWithHoles_leavesTheOthersAlone(String what, String odd) {
    answer = json(200, list(odd, pod("cart", "10.0.0.1", "")));
    start(Secret.text("t0"));

    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(
            () -> assertThat(seen.groups).as(what + ": " + seen.failure).containsKey("shop/cart"));
  }

  @Test
  void aLabelOfAMegabyte_isTakenAsItIs() {
    String large = "x".repeat(1 << 20);
    answer =
        json(200, list(pod("cart", "10.0.0.1", ",\"annotations\":{\"big\":\"" + large + "\"}")));
    start(Secret.text("t0"));

    await().until(() -> seen.groups.containsKey("shop/cart"));
    Map<String, String> labels =
        Objects.requireNonNull(seen.groups.get("shop/cart")).targets().get(0).toMap();
    assertThat(labels.get("__meta_kubernetes_pod_annotation_big")).hasSize(1 << 20);
  }

  @Test
  void theToken_isSentAsABearer() throws Exception {
    start(Secret.file(Files.writeString(folder.resolve("token"), "of-a-file").toString()));

    await().until(() -> seen.groups.containsKey("shop/cart"));
    assertThat(authorization).isEqualTo("Bearer of-a-file");
  }

  private void start(Secret token) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            authorization = String.valueOf(request.getHeaders().get("Authorization"));
            boolean watch = "true".equals(request.getUrl().queryParameter("watch"));
            return watch
                ? new MockResponse.Builder().headersDelay(1, TimeUnit.HOURS).build()
                : answer;
          }
        });
    KubernetesConfig config =
        new KubernetesConfig(
            "discovery.kubernetes.k",
            Role.POD,
            new ApiAccess(
                "http://127.0.0.1:" + server.getPort(),
                "",
                HttpClientConfig.DEFAULT.with(new Auth.Authorization("Bearer", token))),
            List.of(),
            false,
            List.of(),
            Attach.NOTHING,
            "");
    KubernetesDiscoverer discoverer = new KubernetesDiscoverer(config, watches, vertx);
    context.runOnContext(ignored -> discoverer.start(seen));
  }

  private static MockResponse json(int status, String body) {
    return new MockResponse.Builder()
        .code(status)
        .addHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }

  private static String list(String... pods) {
    return "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
        + "\"items\":["
        + String.join(",", pods)
        + "]}";
  }

  private static String pod(String name, String ip, String metadata) {
    return """
        {"metadata":{"name":"%s","namespace":"shop","resourceVersion":"1"%s},
         "spec":{"nodeName":"n1","containers":[{"name":"app","ports":[{"containerPort":8080}]}]},
         "status":{"phase":"Running","podIP":"%s"}}"""
        .formatted(name, metadata, ip);
  }

  /** What the listener was told. */
  private static final class Seen extends UpdatesOnly {
    final Map<String, TargetGroup> groups = new ConcurrentHashMap<>();
    volatile String failure = "";

    @Override
    public void begin(List<TargetGroup> some) {
      update(some);
    }

    @Override
    public void updateInPart(List<TargetGroup> updated, String problem) {
      update(updated);
      failure = problem;
    }

    @Override
    public void update(List<TargetGroup> updated) {
      updated.forEach(group -> groups.put(group.source(), group));
    }

    @Override
    public void failed(String message) {
      failure = message;
    }
  }
}
