package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.component.Endpoints;
import dev.stoker.write.component.RunningWrite;
import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.SenderTenant;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.queue.OutgoingProfile;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running <code>pyroscope.write</code>: makes the labels that are sent, and gives the profile to
 * each of its endpoints. The control context owns it.
 */
public final class PyroscopeWrite implements RunningWrite.Writer {
  private static final Logger log = LoggerFactory.getLogger(PyroscopeWrite.class);

  private static final Set<String> SENT =
      Set.of(LabelNames.NAME, LabelNames.DELTA, LabelNames.SESSION);

  private final Services services;
  private final Endpoints<EndpointConfig> endpoints;
  private final Map<String, LabelMemory> memories = new HashMap<>();
  private WriteConfig config;

  /** What the component needs of the daemon. */
  public record Services(
      Vertx vertx, EndpointServices endpoints, String userAgent, BodyEditor editor) {
    Timers timers() {
      return endpoints.timers();
    }

    MeterRegistry registry() {
      return endpoints.registry();
    }

    Verdicts verdicts() {
      return endpoints.verdicts();
    }
  }

  /** Makes what speaks an endpoint's protocol. */
  interface SenderFactory {
    Sender of(EndpointConfig endpoint);
  }

  /**
   * Sends nothing and opens no queue on disk before {@link #start}.
   *
   * @param http opens what it makes; its sender closes it
   */
  public static PyroscopeWrite overHttp(
      WriteConfig config, Services services, Function<HttpClientConfig, ClientAccess> http) {
    return new PyroscopeWrite(config, services, senders(services, http));
  }

  PyroscopeWrite(WriteConfig config, Services services, SenderFactory senders) {
    this.config = config;
    this.services = services;
    this.endpoints =
        new Endpoints<>(
            config.component(),
            config.endpoints(),
            services.endpoints(),
            endpoint -> sender(endpoint, senders));
  }

  /** What a server has refused of labels is remembered while its URL stays. */
  private Sender sender(EndpointConfig endpoint, SenderFactory senders) {
    LabelMemory memory =
        memories.computeIfAbsent(memoryKey(endpoint), missing -> new LabelMemory());
    return new MendingSender(senders.of(endpoint), endpoint.displayName(), memory, services);
  }

  private static String memoryKey(EndpointConfig endpoint) {
    return endpoint.queueIdentity() + ' ' + endpoint.url();
  }

  private static SenderFactory senders(
      Services services, Function<HttpClientConfig, ClientAccess> http) {
    return endpoint -> new PyroscopeSender(endpoint, services, http.apply(endpoint.http()));
  }

  @Override
  public Endpoints<EndpointConfig> endpoints() {
    return endpoints;
  }

  /** As {@link Endpoints#start}. */
  public void start() {
    endpoints.start();
  }

  /**
   * Makes what another config needs, and changes nothing yet.
   *
   * @param http opens what it makes; its sender closes it
   */
  public Endpoints.Change prepare(WriteConfig next, Function<HttpClientConfig, ClientAccess> http) {
    return prepare(next, senders(services, http));
  }

  Endpoints.Change prepare(WriteConfig next, SenderFactory senders) {
    Endpoints.Change change =
        endpoints.prepare(next.endpoints(), endpoint -> sender(endpoint, senders));
    return new Endpoints.Change() {
      @Override
      public Future<Void> commit() {
        config = next;
        memories
            .keySet()
            .retainAll(next.endpoints().stream().map(PyroscopeWrite::memoryKey).toList());
        return change.commit();
      }

      @Override
      public void abandon() {
        change.abandon();
      }
    };
  }

  @Override
  public boolean append(Profile profile) {
    OutgoingProfile outgoing = outgoing(profile);
    if (outgoing == null) {
      endpoints.lose(profile);
      return false;
    }
    return endpoints.offer(outgoing);
  }

  /** Null = a bug keeps it from being sent; it is logged, and every endpoint counts the loss. */
  private @Nullable OutgoingProfile outgoing(Profile profile) {
    try {
      return OutgoingProfile.of(profile.with(labels(profile)), tenant(profile));
    } catch (Throwable thrown) {
      log.atError()
          .addKeyValue("component", config.component())
          .setCause(thrown)
          .log("internal error while preparing a profile; please report it");
      return null;
    }
  }

  private static String tenant(Profile profile) {
    String tenant = profile.labels().get(LabelNames.TENANT);
    return Verdicts.isPushed(profile.origin()) ? SenderTenant.of(tenant) : tenant;
  }

  @Override
  public boolean hasRoom(Profile profile, Room batch) {
    OutgoingProfile outgoing = outgoing(profile);
    return outgoing != null && endpoints.hasRoom(outgoing, batch);
  }

  /**
   * Private labels go, but for those that Pyroscope reads; external ones overwrite. What was
   * scraped is a delta already: <code>__delta__="false"</code> keeps v1 storage from subtracting
   * again. Of a pushed profile only its sender knows.
   */
  private Labels labels(Profile profile) {
    Labels.Builder sent =
        profile
            .labels()
            .filter(name -> !LabelNames.isPrivate(name) || SENT.contains(name))
            .toBuilder()
            .setAll(config.externalLabels());
    return Verdicts.isPushed(profile.origin())
        ? sent.build()
        : sent.set(LabelNames.DELTA, "false").build();
  }

  public List<EndpointStatus> status() {
    return endpoints.status();
  }

  /** As {@link Endpoints#stop}. */
  public Future<Void> stop(long millis) {
    return endpoints.stop(millis);
  }
}
