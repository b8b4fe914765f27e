package dev.stoker.receive.server;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.server.ServerAccess;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server of one receiver through all reloads: its port, its clients' connections, and the
 * memory of their requests. Owned by the control context.
 */
public final class ReceiveServer {
  private static final Logger log = LoggerFactory.getLogger(ReceiveServer.class);

  /** Requests at work need a moment on the CPU; who is slower is cut off. */
  private static final Duration REST = Duration.ofSeconds(2);

  private static final long TRY_AGAIN_MILLIS = 5_000;

  private final String component;
  private final Vertx vertx;
  private final Timers timers;
  private final MeterRegistry registry;
  private final Connections connections;
  private final BodyBytes memory;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<Connections.Reason, Counter> closed = new EnumMap<>(Connections.Reason.class);
  private Consumer<Arrival> handler = arrival -> {};
  private Bounds bounds;
  private @Nullable Socket socket;
  private String problem = "";
  private boolean stopped;

  /** What a server needs of the daemon. */
  public record Surroundings(Vertx vertx, Timers timers, MeterRegistry registry) {}

  /**
   * @param component id, for messages and metrics
   */
  public ReceiveServer(String component, Bounds bounds, Surroundings surroundings) {
    this.component = component;
    this.bounds = bounds;
    this.vertx = surroundings.vertx();
    this.timers = surroundings.timers();
    this.registry = surroundings.registry();
    this.memory = new BodyBytes(bounds.maxInFlightBytes());
    this.connections =
        new Connections(
            bounds.maxConnections(),
            timers,
            reason -> Objects.requireNonNull(closed.get(reason)).increment(),
            () -> memory.yieldSlowest(timers.nanoTime()));
    for (Connections.Reason reason : Connections.Reason.values()) {
      closed.put(
          reason,
          Counter.builder("stoker.receive.connections.closed")
              .description("Connections of clients that a receiver has closed, by reason")
              .tags("component", component, "reason", reason.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    meters.addAll(closed.values());
    meters.add(
        Gauge.builder("stoker.receive.connections", connections, Connections::open)
            .description("Connections of clients that are open")
            .tag("component", component)
            .register(registry));
    meters.add(
        Gauge.builder("stoker.receive.in.flight.bytes", memory, BodyBytes::used)
            .description("Memory of the requests that a receiver is reading or working on")
            .tag("component", component)
            .register(registry));
  }

  /** Who gets the requests. */
  public void handler(Consumer<Arrival> requests) {
    handler = requests;
  }

  /** A change of where it listens that is ready to be made, or not; one of both is called. */
  public final class Move {
    private final Listen to;
    private final @Nullable Socket next;
    private boolean bound;

    private Move(Listen to) {
      this.to = to;
      Socket now = socket;
      this.next =
          now != null && now.listen().equals(to) ? null : new Socket(to, component, vertx, timers);
    }

    /**
     * Opens what can be opened beside what is open.
     *
     * @return what is wrong, for the user
     */
    public Future<List<String>> open() {
      Socket opening = next;
      if (opening == null) {
        return Future.succeededFuture(List.of());
      }
      Socket now = socket;
      boolean beside = now == null || !now.listen().sameAddress(to);
      return opening
          .read()
          .compose(ignored -> beside ? bind(opening) : Future.succeededFuture())
          .map(
              ignored -> {
                bound = beside;
                return List.<String>of();
              })
          .recover(
              failure -> Future.succeededFuture(List.of(String.valueOf(failure.getMessage()))));
    }

    /** Takes requests there from now on. */
    public Future<Void> commit() {
      Socket taking = next;
      if (taking == null) {
        return Future.succeededFuture();
      }
      Socket before = socket;
      socket = taking;
      Future<Void> left = before == null ? Future.succeededFuture() : before.close(REST);
      // The same port with another certificate or login: free only now.
      return bound ? Future.succeededFuture() : left.compose(ignored -> bindUntilItWorks(taking));
    }

    public Future<Void> abandon() {
      return next == null ? Future.succeededFuture() : next.close(Duration.ZERO);
    }
  }

  /** Prepares to listen there, and changes nothing yet. */
  public Move move(Listen to) {
    return new Move(to);
  }

  private Future<Void> bind(Socket opening) {
    return opening.bind(connections::connected, request -> request(request, opening.access()));
  }

  private Future<Void> bindUntilItWorks(Socket opening) {
    return bind(opening)
        .onSuccess(ignored -> problem = "")
        .recover(
            failure -> {
              problem = String.valueOf(failure.getMessage());
              log.atError()
                  .addKeyValue("component", component)
                  .addKeyValue("error", problem)
                  .log("a receiver cannot listen; it tries again");
              timers.after(TRY_AGAIN_MILLIS, () -> tryAgain(opening));
              return Future.succeededFuture();
            });
  }

  private void tryAgain(Socket opening) {
    if (!stopped && socket == opening) {
      bindUntilItWorks(opening);
    }
  }

  private void request(HttpServerRequest request, ServerAccess access) {
    timers.control().assertOn();
    if (connections.began(request)) {
      handler.accept(new Arrival(request, access, this, memory));
    }
  }

  void ended(Arrival arrival) {
    connections.ended(arrival.request().connection());
  }

  void cut(HttpConnection connection) {
    connections.cut(connection);
  }

  Bounds bounds() {
    return bounds;
  }

  /** Other bounds, for what comes from now on. */
  public void configure(Bounds next) {
    bounds = next;
    memory.capacity(next.maxInFlightBytes());
    connections.most(next.maxConnections());
  }

  Timers timers() {
    return timers;
  }

  /** Why it does not listen, for people; "" = it does. */
  public String problem() {
    return problem;
  }

  /** Where it listens, for people. */
  public String address() {
    Socket now = socket;
    return now == null
        ? "nowhere"
        : new Listen(now.listen().host(), now.port(), now.listen().access()).shown();
  }

  /** Takes no new connection, and lets what is at work end. Idempotent. */
  public Future<Void> close() {
    stopped = true;
    Socket now = socket;
    return now == null ? Future.succeededFuture() : now.close(REST);
  }

  /** Takes its metrics away. Idempotent. */
  public void forget() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
