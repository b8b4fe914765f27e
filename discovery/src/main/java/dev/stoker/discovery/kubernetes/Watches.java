package dev.stoker.discovery.kubernetes;

import dev.stoker.concurrent.Timers;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The watches of all components: equal ones are shared, and so is the client of an API server. What
 * nobody uses any more is closed. Control context only.
 */
public final class Watches {
  private static final long LOOK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Timers timers;
  private final Executor control;
  private final String userAgent;
  private final Map<KindWatch.Key, KindWatch> watches = new HashMap<>();
  private final Map<ApiAccess, Future<KubernetesClient>> clients = new HashMap<>();
  private Timers.@Nullable Cancellable looking;

  /**
   * @param context the control context
   */
  public Watches(Vertx vertx, Context context, Timers timers, String userAgent) {
    this.vertx = vertx;
    this.timers = timers;
    this.control = task -> context.runOnContext(ignored -> task.run());
    this.userAgent = userAgent;
  }

  KindWatch use(KindWatch.Key key, KindWatch.Subscriber subscriber) {
    KindWatch known = watches.get(key);
    if (known != null) {
      known.subscribers().add(subscriber);
      return known;
    }
    KindWatch created = new KindWatch(key, control);
    created.subscribers().add(subscriber);
    watches.put(key, created);
    client(key.api())
        .compose(
            client ->
                vertx.<Void>executeBlocking(
                    () -> {
                      created.start(client);
                      return null;
                    },
                    false))
        .onFailure(failure -> created.problem(cannotStart(key.api(), failure)));
    if (looking == null) {
      look();
    }
    return created;
  }

  /** The client library wraps what is wrong with a certificate in words that say nothing. */
  private static String cannotStart(ApiAccess api, Throwable failure) {
    if (!(failure instanceof KubernetesClientException)) {
      return String.valueOf(failure.getMessage());
    }
    String of = api.server().isEmpty() ? "" : " of " + api.server();
    return "cannot make a client"
        + of
        + ": "
        + KindWatch.reason(failure)
        + "; check certificate, key and CA of its tls_config or kubeconfig";
  }

  /** Different watches at work. */
  int size() {
    return watches.size();
  }

  private void look() {
    looking =
        timers.after(
            LOOK_MILLIS,
            () -> {
              List.copyOf(watches.values()).forEach(KindWatch::look);
              look();
            });
  }

  private Future<KubernetesClient> client(ApiAccess access) {
    return clients.computeIfAbsent(
        access,
        ignored -> vertx.executeBlocking(() -> ApiClients.create(access, userAgent), false));
  }

  Future<Void> release(KindWatch watch, KindWatch.Subscriber subscriber) {
    watch.subscribers().remove(subscriber);
    if (!watch.subscribers().isEmpty()) {
      return Future.succeededFuture();
    }
    watches.remove(watch.key());
    ApiAccess access = watch.key().api();
    boolean last = watches.keySet().stream().noneMatch(key -> key.api().equals(access));
    Future<KubernetesClient> client = last ? clients.remove(access) : null;
    if (watches.isEmpty() && looking != null) {
      looking.cancel();
      looking = null;
    }
    return vertx
        .<Void>executeBlocking(
            () -> {
              watch.stop();
              return null;
            },
            false)
        .compose(ignored -> client == null ? Future.succeededFuture() : close(client));
  }

  private Future<Void> close(Future<KubernetesClient> client) {
    return client
        .compose(
            open ->
                vertx.<Void>executeBlocking(
                    () -> {
                      open.close();
                      return null;
                    },
                    false))
        .otherwiseEmpty();
  }
}
