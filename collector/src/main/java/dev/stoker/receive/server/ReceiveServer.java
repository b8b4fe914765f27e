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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The server of one receiver through all reloads: its ports, its clients' connections, and the
 * memory of their requests, which all ports share. Owned by the control context.
 */
public final class ReceiveServer {
  private final String component;
  private final Vertx vertx;
  private final Timers timers;
  private final MeterRegistry registry;
  private final Connections connections;
  private final BodyBytes memory;
  private final List<Door> doors = new ArrayList<>();
  private final List<Meter> meters = new ArrayList<>();
  private final Map<Connections.Reason, Counter> closed = new EnumMap<>(Connections.Reason.class);
  private Bounds bounds;

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

  /**
   * Another port of it, which listens nowhere yet.
   *
   * @param requests gets what comes there
   */
  public Door door(Consumer<Arrival> requests) {
    Door door = new Door(this, requests);
    doors.add(door);
    return door;
  }

  String component() {
    return component;
  }

  Vertx vertx() {
    return vertx;
  }

  void connected(HttpConnection connection) {
    connections.connected(connection);
  }

  void request(HttpServerRequest request, ServerAccess access, Consumer<Arrival> handler) {
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

  /** Takes no new connection, and lets what is at work end. Idempotent. */
  public Future<Void> close() {
    return Future.join(doors.stream().map(Door::close).toList()).mapEmpty();
  }

  /** Takes its metrics away. Idempotent. */
  public void forget() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
