package dev.stoker.app;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.dns.DnsConfig;
import dev.stoker.discovery.dns.DnsDiscoverer;
import dev.stoker.discovery.dns.DnsRecords;
import dev.stoker.discovery.docker.DockerConfig;
import dev.stoker.discovery.docker.DockerDiscoverer;
import dev.stoker.discovery.file.FileConfig;
import dev.stoker.discovery.file.FileDiscoverer;
import dev.stoker.discovery.http.HttpConfig;
import dev.stoker.discovery.http.HttpDiscoverer;
import dev.stoker.discovery.kubelet.KubeletConfig;
import dev.stoker.discovery.kubelet.KubeletDiscoverer;
import dev.stoker.discovery.kubernetes.KubernetesConfig;
import dev.stoker.discovery.kubernetes.KubernetesDiscoverer;
import dev.stoker.discovery.kubernetes.Watches;
import dev.stoker.http.BoundedGet;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The table of discovery mechanisms: config record → discoverer. A mechanism's classes are loaded
 * when its config is there, not before.
 */
final class Discoverers {
  private static final BoundedGet.Limits HTTP =
      new BoundedGet.Limits(Duration.ofSeconds(30), 32L << 20);

  /** What an engine or a kubelet says of each of its containers is some KB. */
  private static final BoundedGet.Limits LISTS =
      new BoundedGet.Limits(Duration.ofSeconds(30), 64L << 20);

  private final Vertx vertx;
  private final Timers timers;
  private final TargetBudget budget;

  private final Context context;
  private @Nullable Watches watches;

  /**
   * @param context the control context
   * @param budget for what is discovered
   */
  Discoverers(Vertx vertx, Context context, Timers timers, TargetBudget budget) {
    this.budget = budget;
    this.vertx = vertx;
    this.context = context;
    this.timers = timers;
  }

  /**
   * Empty = the record is no discovery mechanism's.
   *
   * @param settings opens those of the component's HTTP client
   */
  Optional<Discoverer> of(Record config, Function<HttpClientConfig, HttpSettings> settings) {
    if (config instanceof KubernetesConfig kubernetes) {
      return Optional.of(new KubernetesDiscoverer(kubernetes, watches(), vertx));
    }
    if (config instanceof FileConfig file) {
      return Optional.of(FileDiscoverer.create(file, vertx, timers));
    }
    if (config instanceof HttpConfig http) {
      return Optional.of(
          HttpDiscoverer.create(http, get(settings.apply(http.http()), HTTP), vertx, timers));
    }
    if (config instanceof DnsConfig dns) {
      return Optional.of(DnsDiscoverer.create(dns, DnsRecords.ofThisMachine(vertx), timers));
    }
    if (config instanceof DockerConfig docker) {
      return Optional.of(
          DockerDiscoverer.create(docker, get(settings.apply(docker.http()), LISTS), timers));
    }
    if (config instanceof KubeletConfig kubelet) {
      return Optional.of(
          KubeletDiscoverer.create(
              kubelet, get(settings.apply(kubelet.http()), LISTS), vertx, timers));
    }
    return Optional.empty();
  }

  private BoundedGet get(HttpSettings settings, BoundedGet.Limits limits) {
    return new BoundedGet(vertx, timers, settings, limits, Version.userAgent());
  }

  /** One for all components: equal watches are shared. */
  private Watches watches() {
    Watches shared = watches;
    if (shared == null) {
      shared = new Watches(vertx, context, timers, budget, Version.userAgent());
      watches = shared;
    }
    return shared;
  }
}
