package dev.stoker.discovery.kubelet;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.labels.Groups;
import dev.stoker.discovery.kubernetes.labels.MalformedObjects;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.failure.LoginPage;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks a kubelet for the pods of its node: the labels of role pod, without an API server. */
public final class KubeletDiscoverer {
  private KubeletDiscoverer() {}

  /**
   * @param get opened; closed with the discoverer
   */
  public static Discoverer create(
      KubeletConfig config, BoundedClient get, Vertx vertx, Timers timers) {
    // Costly to make, and safe for several threads.
    KubernetesSerialization json = new KubernetesSerialization();
    MalformedObjects malformed = new MalformedObjects();
    URI url = URI.create(config.url().toString().replaceAll("/+$", "") + "/pods");
    return new Polling(
        timers,
        config.refreshInterval(),
        () ->
            get.get(url, Map.of("Accept", "application/json"), null)
                .compose(
                    answer ->
                        answer.status() == 200
                            ? vertx.executeBlocking(
                                () -> groups(config, url, answer, json, malformed), false)
                            : Future.failedFuture(refused(url, answer.status()))),
        get::close);
  }

  private static String refused(URI url, int status) {
    return url
        + " answers "
        + status
        + (status == 401 || status == 403
            ? "; give the ServiceAccount get of nodes/pods, and set bearer_token_file"
            : ", not 200");
  }

  private static Polled groups(
      KubeletConfig config,
      URI url,
      BoundedClient.Answer answer,
      KubernetesSerialization json,
      MalformedObjects malformed) {
    PodList list;
    try {
      list = json.unmarshal(answer.body().toString(StandardCharsets.UTF_8), PodList.class);
    } catch (RuntimeException unreadable) {
      String hint = LoginPage.hint(answer.contentType(), answer.body());
      throw new IllegalStateException(url + " answers with no list of pods" + hint, unreadable);
    }
    if (list == null || !"PodList".equals(list.getKind())) {
      String hint = LoginPage.hint(answer.contentType(), answer.body());
      throw new IllegalStateException(url + " answers with no list of pods" + hint);
    }
    List<TargetGroup> groups = new ArrayList<>();
    for (Pod pod : list.getItems()) {
      boolean named = pod.getMetadata() != null && pod.getMetadata().getName() != null;
      boolean wanted =
          named && config.namespaces().isEmpty()
              || named && config.namespaces().contains(pod.getMetadata().getNamespace());
      if (wanted) {
        groups.add(Groups.ofPod(pod, malformed));
      }
    }
    return new Polled(groups, "");
  }
}
