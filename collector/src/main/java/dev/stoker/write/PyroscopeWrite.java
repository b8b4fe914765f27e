package dev.stoker.write;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A running <code>pyroscope.write</code>: final labels, then one queue per endpoint. Control
 * context only.
 */
public final class PyroscopeWrite implements Appender {
  private final WriteConfig config;
  private final List<Endpoint> endpoints = new ArrayList<>();

  /** What the component needs of the daemon. */
  public record Services(Vertx vertx, Timers timers, MeterRegistry registry, String userAgent) {}

  /**
   * @param http opens and closes what it makes
   */
  public PyroscopeWrite(
      WriteConfig config, Services services, Function<HttpClientConfig, HttpSettings> http) {
    this.config = config;
    for (EndpointConfig endpoint : config.endpoints()) {
      Sender sender = new PyroscopeSender(endpoint, services, http.apply(endpoint.http()));
      endpoints.add(
          new Endpoint(
              endpoint,
              sender,
              services.timers(),
              new SplittableRandom(),
              new EndpointBooks(config.component(), endpoint.displayName(), services.registry())));
    }
  }

  @Override
  public boolean append(Profile profile) {
    Push push = Push.of(labels(profile.labels()), profile.body(), profile.scrapedAtMillis());
    boolean accepted = false;
    for (Endpoint endpoint : endpoints) {
      accepted |= endpoint.offer(push);
    }
    return accepted;
  }

  /**
   * Private labels go, external ones overwrite; <code>__delta__="false"</code> always, so that v1
   * storage does not subtract again.
   */
  private Labels labels(Labels labels) {
    return labels
        .filter(name -> !LabelNames.isPrivate(name) || name.equals(LabelNames.NAME))
        .toBuilder()
        .setAll(config.externalLabels())
        .set(LabelNames.DELTA, "false")
        .build();
  }

  public List<EndpointStatus> status() {
    return endpoints.stream().map(Endpoint::status).toList();
  }

  /**
   * Delivers what is queued; completes by then, with what is left counted as closed. Idempotent.
   *
   * @param millis to deliver in
   */
  public Future<Void> stop(long millis) {
    return Future.join(endpoints.stream().map(endpoint -> endpoint.stop(millis)).toList())
        .mapEmpty();
  }
}
