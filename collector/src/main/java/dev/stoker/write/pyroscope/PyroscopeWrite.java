package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.endpoint.Endpoint;
import dev.stoker.write.endpoint.EndpointAccounting;
import dev.stoker.write.endpoint.EndpointId;
import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running <code>pyroscope.write</code>: final labels, then one queue per endpoint. Control
 * context only.
 */
public final class PyroscopeWrite implements Appender {
  private static final Logger log = LoggerFactory.getLogger(PyroscopeWrite.class);

  /** A target's own tenant, as in Prometheus' family of agents; never sent as a label. */
  private static final String TENANT = "__tenant_id__";

  private final Services services;
  private final DiskQueues queues;
  private WriteConfig config;

  /** By what their queues belong to, in config order. */
  private Map<String, Running> endpoints = new LinkedHashMap<>();

  private final Map<String, LabelMemory> memories = new HashMap<>();

  /** What the component needs of the daemon. */
  public record Services(
      Vertx vertx,
      Timers timers,
      MeterRegistry registry,
      QueueGauges gauges,
      String userAgent,
      BodyEditor editor,
      Verdicts verdicts) {}

  private record Running(EndpointConfig config, Endpoint endpoint) {}

  /** Makes what speaks an endpoint's protocol. */
  interface SenderFactory {
    Sender of(EndpointConfig endpoint);
  }

  /**
   * Sends nothing and opens no queue on disk before {@link #start}.
   *
   * @param http opens what it makes; its sender closes it
   */
  public PyroscopeWrite(
      WriteConfig config,
      Services services,
      DiskQueues queues,
      Function<HttpClientConfig, ClientAccess> http) {
    this(config, queues, services, senders(services, http));
  }

  PyroscopeWrite(WriteConfig config, DiskQueues queues, Services services, SenderFactory senders) {
    this.config = config;
    this.services = services;
    this.queues = queues;
    for (EndpointConfig endpoint : config.endpoints()) {
      endpoints.put(endpoint.queueIdentity(), create(endpoint, sender(endpoint, senders)));
    }
  }

  /** What a server has refused of labels is remembered while its URL stays. */
  private Sender sender(EndpointConfig endpoint, SenderFactory senders) {
    LabelMemory memory =
        memories.computeIfAbsent(
            endpoint.queueIdentity() + ' ' + endpoint.url(), missing -> new LabelMemory());
    return new MendingSender(senders.of(endpoint), endpoint.displayName(), memory, services);
  }

  private static SenderFactory senders(
      Services services, Function<HttpClientConfig, ClientAccess> http) {
    return endpoint -> new PyroscopeSender(endpoint, services, http.apply(endpoint.http()));
  }

  private Running create(EndpointConfig wanted, Sender sender) {
    EndpointId id =
        new EndpointId(config.component(), wanted.displayName(), PyroscopeProtocol.INSTANCE);
    Endpoint endpoint =
        new Endpoint(
            wanted.settings(),
            sender,
            services.timers(),
            new SplittableRandom(),
            new EndpointAccounting(
                id, services.registry(), services.gauges(), services.verdicts()));
    return new Running(wanted, endpoint);
  }

  /**
   * Opens the queues on disk. When an endpoint moves from one component to another, stop or
   * reconfigure the one that loses it first: its queue moves with it.
   */
  public void start() {
    endpoints.values().forEach(this::attach);
  }

  private void attach(Running running) {
    running.endpoint().start();
    EndpointConfig wanted = running.config();
    if (wanted.queue().disk().enabled()) {
      running
          .endpoint()
          .attach(
              queues,
              queues.home(wanted.queueIdentity(), wanted.displayName(), config.component()));
    }
  }

  /**
   * A change of this component's config that is ready to be made. One of the two is called, once.
   */
  public interface Reconfiguration {
    /**
     * Goes on with the other config, without losing or doubling a profile. An endpoint whose queue
     * has the same identity (its name, else URL and tenant) keeps queue, books and pushes in
     * flight; what is new about credentials, headers or timeouts holds for every push from now on.
     * A removed endpoint takes nothing more, and puts on disk what it has not delivered; a new one
     * is opened. Cannot fail.
     *
     * @return completes when the removed endpoints are closed; nobody has to wait for it
     */
    Future<Void> commit();

    /** Everything stays as it is. */
    void abandon();
  }

  /**
   * Makes what another config needs, and changes nothing yet.
   *
   * @param http opens what it makes; its sender closes it
   */
  public Reconfiguration prepare(WriteConfig next, Function<HttpClientConfig, ClientAccess> http) {
    return prepare(next, senders(services, http));
  }

  Reconfiguration prepare(WriteConfig next, SenderFactory senders) {
    Map<String, Sender> fresh = new LinkedHashMap<>();
    for (EndpointConfig wanted : next.endpoints()) {
      Running running = endpoints.get(wanted.queueIdentity());
      if (running == null || needsSender(running.config(), wanted)) {
        fresh.put(wanted.queueIdentity(), sender(wanted, senders));
      }
    }
    return new Reconfiguration() {
      @Override
      public Future<Void> commit() {
        return reconfigure(next, fresh);
      }

      @Override
      public void abandon() {
        fresh.values().forEach(Sender::close);
      }
    };
  }

  private Future<Void> reconfigure(WriteConfig next, Map<String, Sender> fresh) {
    Map<String, Running> before = endpoints;
    endpoints = new LinkedHashMap<>();
    config = next;
    memories
        .keySet()
        .retainAll(
            next.endpoints().stream()
                .map(endpoint -> endpoint.queueIdentity() + ' ' + endpoint.url())
                .toList());
    List<Future<Void>> closing = new ArrayList<>();
    before.forEach(
        (identity, running) -> {
          if (next.endpoints().stream().noneMatch(e -> e.queueIdentity().equals(identity))) {
            closing.add(running.endpoint().stop(0));
          }
        });
    for (EndpointConfig wanted : next.endpoints()) {
      String identity = wanted.queueIdentity();
      Running running = before.get(identity);
      Sender sender = fresh.get(identity);
      if (running != null) {
        running.endpoint().reconfigure(wanted.settings(), sender);
        endpoints.put(identity, new Running(wanted, running.endpoint()));
      } else if (sender != null) {
        endpoints.put(identity, create(wanted, sender));
      }
    }
    start();
    return Future.join(closing).mapEmpty();
  }

  /** All but the queue's bounds is the sender's, and the size of its pool. */
  private static boolean needsSender(EndpointConfig running, EndpointConfig wanted) {
    return !running.withQueue(wanted.queue()).equals(wanted)
        || running.queue().maxInFlight() != wanted.queue().maxInFlight();
  }

  @Override
  public boolean append(Profile profile) {
    OutgoingProfile outgoing = outgoing(profile);
    boolean accepted = false;
    for (Running running : endpoints.values()) {
      Endpoint endpoint = running.endpoint();
      accepted |= outgoing == null ? endpoint.lose(profile) : endpoint.offer(outgoing);
    }
    return accepted;
  }

  /** Null = a bug keeps it from being sent; it is logged, and every endpoint counts the loss. */
  private @Nullable OutgoingProfile outgoing(Profile profile) {
    try {
      return OutgoingProfile.of(
          profile.with(labels(profile.labels())), profile.labels().get(TENANT));
    } catch (Throwable thrown) {
      log.atError()
          .addKeyValue("component", config.component())
          .setCause(thrown)
          .log("internal error while preparing a profile; please report it");
      return null;
    }
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
    return endpoints.values().stream().map(running -> running.endpoint().status()).toList();
  }

  /**
   * Delivers what is fresh; completes by then, with what is left on disk for the next run, or
   * counted as closed where no disk takes it. Idempotent.
   *
   * @param millis to deliver in
   */
  public Future<Void> stop(long millis) {
    return Future.join(
            endpoints.values().stream().map(running -> running.endpoint().stop(millis)).toList())
        .mapEmpty();
  }
}
