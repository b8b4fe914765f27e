package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.api.ApiClient;
import dev.stoker.discovery.kubernetes.api.ApiClients;
import dev.stoker.discovery.kubernetes.api.FailureReasons;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * The watches of all components: equal ones are shared, and so is the client of an API server. What
 * nobody uses any more is closed.
 */
public final class Watches {
  /** A certificate or a token may be put in its place after the start. */
  private static final long CLIENT_RETRY_MILLIS = 10_000;

  private final Vertx vertx;
  private final Timers timers;
  private final Executor control;
  private final TargetBudget budget;
  private final String userAgent;
  private final Map<KindWatch.Key, KindWatch> watches = new HashMap<>();
  private final Map<ApiAccess, Future<ApiClient>> clients = new HashMap<>();

  /**
   * @param context the control context
   * @param budget for objects that are kept
   */
  public Watches(
      Vertx vertx, Context context, Timers timers, TargetBudget budget, String userAgent) {
    this.vertx = vertx;
    this.budget = budget;
    this.timers = timers;
    this.control = task -> context.runOnContext(ignored -> task.run());
    this.userAgent = userAgent;
  }

  public KindWatch use(KindWatch.Key key, KindWatch.Subscriber subscriber) {
    timers.control().assertOn();
    KindWatch known = watches.get(key);
    if (known != null) {
      known.join(subscriber);
      return known;
    }
    KindWatch created = new KindWatch(key, budget, timers);
    created.join(subscriber);
    watches.put(key, created);
    begin(created);
    return created;
  }

  private void begin(KindWatch watch) {
    if (watches.get(watch.key()) != watch) {
      return;
    }
    ApiAccess access = watch.key().api();
    Future<ApiClient> client = client(access);
    client
        .onSuccess(watch::start)
        .onFailure(
            failure -> {
              clients.remove(access, client);
              watch.problem(cannotStart(access, failure));
              timers.after(CLIENT_RETRY_MILLIS, () -> begin(watch));
            });
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
        + FailureReasons.of(failure)
        + "; check certificate, key and CA of its tls_config or kubeconfig";
  }

  /** Different watches at work. */
  public int size() {
    return watches.size();
  }

  private Future<ApiClient> client(ApiAccess access) {
    return clients.computeIfAbsent(
        access,
        ignored ->
            vertx.executeBlocking(() -> ApiClients.create(access, userAgent, control), false));
  }

  public Future<Void> release(KindWatch watch, KindWatch.Subscriber subscriber) {
    timers.control().assertOn();
    watch.subscribers().remove(subscriber);
    if (!watch.subscribers().isEmpty()) {
      return Future.succeededFuture();
    }
    watches.remove(watch.key());
    ApiAccess access = watch.key().api();
    boolean last = watches.keySet().stream().noneMatch(key -> key.api().equals(access));
    Future<ApiClient> client = last ? clients.remove(access) : null;
    watch.stop();
    return client == null ? Future.succeededFuture() : close(client);
  }

  private Future<Void> close(Future<ApiClient> client) {
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
