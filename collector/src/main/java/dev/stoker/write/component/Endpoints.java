package dev.stoker.write.component;

import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.write.endpoint.Endpoint;
import dev.stoker.write.endpoint.EndpointAccounting;
import dev.stoker.write.endpoint.EndpointId;
import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.queue.OutgoingProfile;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The endpoints of one component, in the order of its config, through all reloads. The control
 * context owns it.
 *
 * @param <E> an endpoint's config, as the protocol has it
 */
public final class Endpoints<E extends EndpointSpec<E>> {
  private final String component;
  private final EndpointServices services;

  /** By what their queues belong to, in config order. */
  private Map<String, Running<E>> endpoints = new LinkedHashMap<>();

  private record Running<E>(E config, Endpoint endpoint) {}

  /**
   * Sends nothing and opens no queue on disk before {@link #start}.
   *
   * @param component id, such as <code>pyroscope.write.main</code>
   * @param senders makes what speaks an endpoint's protocol
   */
  public Endpoints(
      String component, List<E> wanted, EndpointServices services, Function<E, Sender> senders) {
    this.component = component;
    this.services = services;
    for (E endpoint : wanted) {
      endpoints.put(endpoint.queueIdentity(), create(endpoint, senders.apply(endpoint)));
    }
  }

  private Running<E> create(E wanted, Sender sender) {
    EndpointId id = new EndpointId(component, wanted.displayName(), wanted.settings().protocol());
    Endpoint endpoint =
        new Endpoint(
            wanted.settings(),
            sender,
            services.timers(),
            new SplittableRandom(),
            new EndpointAccounting(
                id, services.registry(), services.gauges(), services.verdicts()));
    return new Running<>(wanted, endpoint);
  }

  /**
   * Opens the queues on disk. When an endpoint moves from one component to another, stop or
   * reconfigure the one that loses it first: its queue moves with it.
   */
  public void start() {
    services.timers().control().assertOn();
    endpoints.values().forEach(this::attach);
  }

  private void attach(Running<E> running) {
    running.endpoint().start();
    E wanted = running.config();
    if (wanted.settings().queue().disk().enabled()) {
      running
          .endpoint()
          .attach(
              services.queues(),
              services.queues().home(wanted.queueIdentity(), wanted.displayName(), component));
    }
  }

  /** A change that is ready to be made. One of its two methods is called, once. */
  public interface Change {
    /**
     * Goes on with the other config, without losing or doubling a profile. An endpoint whose queue
     * has the same identity keeps its queue, its accounting and what is in flight; what is new
     * about credentials, headers or timeouts holds for every try from now on. An endpoint that is
     * taken out accepts nothing more, and puts on disk what it has not delivered; a new one is
     * opened. Cannot fail.
     *
     * @return completes when the endpoints that were taken out are closed; nobody has to wait for
     *     it
     */
    Future<Void> commit();

    /** Everything stays as it is. */
    void abandon();
  }

  /** Makes what another config needs, and changes nothing yet. */
  public Change prepare(List<E> next, Function<E, Sender> senders) {
    services.timers().control().assertOn();
    Map<String, Sender> fresh = new LinkedHashMap<>();
    for (E wanted : next) {
      Running<E> running = endpoints.get(wanted.queueIdentity());
      if (running == null || wanted.needsOtherSender(running.config())) {
        fresh.put(wanted.queueIdentity(), senders.apply(wanted));
      }
    }
    return new Change() {
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

  private Future<Void> reconfigure(List<E> next, Map<String, Sender> fresh) {
    services.timers().control().assertOn();
    Map<String, Running<E>> before = endpoints;
    endpoints = new LinkedHashMap<>();
    List<Future<Void>> closing = new ArrayList<>();
    before.forEach(
        (identity, running) -> {
          if (next.stream().noneMatch(wanted -> wanted.queueIdentity().equals(identity))) {
            closing.add(running.endpoint().stop(0));
          }
        });
    for (E wanted : next) {
      String identity = wanted.queueIdentity();
      Running<E> running = before.get(identity);
      Sender sender = fresh.get(identity);
      if (running != null) {
        running.endpoint().reconfigure(wanted.settings(), sender);
        endpoints.put(identity, new Running<>(wanted, running.endpoint()));
      } else if (sender != null) {
        endpoints.put(identity, create(wanted, sender));
      }
    }
    start();
    return Future.join(closing).mapEmpty();
  }

  /** Gives the profile to every endpoint. False when none has taken it; each has counted why. */
  public boolean offer(OutgoingProfile profile) {
    boolean accepted = false;
    for (Running<E> running : endpoints.values()) {
      accepted |= running.endpoint().offer(profile);
    }
    return accepted;
  }

  /** Whether one of them would take it now; all are asked, as all will get it. */
  public boolean hasRoom(OutgoingProfile profile, Room batch) {
    boolean room = false;
    for (Running<E> running : endpoints.values()) {
      room |= running.endpoint().hasRoom(profile, batch);
    }
    return room;
  }

  /** A bug keeps the profile from being offered, and every endpoint counts it as lost. */
  public void lose(Profile profile) {
    endpoints.values().forEach(running -> running.endpoint().lose(profile));
  }

  public List<EndpointStatus> status() {
    return endpoints.values().stream().map(running -> running.endpoint().status()).toList();
  }

  /**
   * Delivers what is fresh. What is left then is on disk for the next run, or counted as closed
   * where no disk takes it. Idempotent.
   *
   * @param millis to deliver in; the future completes by then
   */
  public Future<Void> stop(long millis) {
    services.timers().control().assertOn();
    return Future.join(
            endpoints.values().stream().map(running -> running.endpoint().stop(millis)).toList())
        .mapEmpty();
  }
}
