package dev.stoker.admin.server;

import dev.stoker.admin.route.Answers;
import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client may hold, so that it holds nothing of others: a request head, a body and the
 * reading of an answer have their time; answers that wait to be read are bounded in sum, and so are
 * requests at work and connections. Whoever holds longest makes room for who comes. Probes are
 * always answered.
 */
final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final Set<String> PROBES = Set.of("/-/healthy", "/-/ready");
  private static final long LOOK_MILLIS = 1_000;
  private static final long SAY_NANOS = 60_000_000_000L;

  /**
   * @param connections open at once
   * @param requests at work at once, without probes
   * @param unreadBytes of answers that clients have not read yet, all but the largest together
   */
  record Bounds(int connections, int requests, long unreadBytes) {
    /** The usual bounds, with the share that the heap plan gives to answers. */
    static Bounds within(long unreadBytes) {
      return new Bounds(1_000, 128, unreadBytes);
    }
  }

  /** Why a connection was closed, or a request refused. */
  enum Reason {
    HEAD("a request head was not whole within 10 s"),
    BODY("a request body was not whole within 30 s"),
    UNREAD("an answer was not read: less than 64 KiB of it in 5 s"),
    PIPELINED("a request was sent before the answer to the one before it was read"),
    INCOMPLETE("a part of an answer could not be written, as without direct memory for it"),
    ROOM("it was idle for longest when the bound on connections was reached"),
    BUSY("too many requests or unread answers at once (answered with 503)");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  static final long HEAD_MILLIS = 10_000;
  static final long BODY_MILLIS = 30_000;

  private final Timers timers;
  private final Bounds bounds;
  private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);
  private final Map<Reason, Long> said = new EnumMap<>(Reason.class);

  /** Those without a request first come, first idle. */
  private final Map<HttpConnection, Client> open = new LinkedHashMap<>();

  private int working;
  private boolean looking;

  Connections(Timers timers, Bounds bounds, MeterRegistry registry) {
    this.timers = timers;
    this.bounds = bounds;
    for (Reason reason : Reason.values()) {
      counters.put(
          reason,
          Counter.builder("stoker_http_refused")
              .description("Connections of the admin server closed, or requests refused, by reason")
              .tag("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  private static final class Client {
    private final Unread unread;
    private Timers.Cancellable headTimer = () -> {};
    private int requests;
    private int answers;
    private boolean refused;

    Client(Unread unread) {
      this.unread = unread;
    }
  }

  void connected(HttpConnection connection) {
    timers.control().assertOn();
    if (open.size() >= bounds.connections()) {
      // There is an idle one: fewer requests than connections may be at work.
      open.entrySet().stream()
          .filter(entry -> entry.getValue().requests == 0)
          .map(Map.Entry::getKey)
          .findFirst()
          .ifPresent(idle -> close(idle, Reason.ROOM));
    }
    Client client = new Client(new Unread(connection));
    open.put(connection, client);
    client.unread.onFailedWrite(() -> close(connection, Reason.INCOMPLETE));
    client.headTimer = timers.after(HEAD_MILLIS, () -> close(connection, Reason.HEAD));
    connection.closeHandler(ignored -> closed(connection));
    lookLater();
  }

  private void closed(HttpConnection connection) {
    Client client = open.remove(connection);
    if (client != null) {
      client.headTimer.cancel();
      // Their end handlers find no client any more.
      working -= client.requests;
    }
  }

  /**
   * A head has come.
   *
   * @return whether the request may go on; otherwise it was answered, or its connection closed
   */
  boolean admit(RoutingContext context) {
    HttpServerRequest request = context.request();
    HttpConnection connection = request.connection();
    Client client = open.get(connection);
    if (client == null || client.refused) {
      return false; // closed already, or soon
    }
    client.headTimer.cancel();
    if (client.unread.isOver()) {
      close(connection, Reason.PIPELINED);
      return false;
    }
    if (!PROBES.contains(context.normalizedPath()) && isFull(connection)) {
      refuse(context);
      return false;
    }
    open.remove(connection);
    open.put(connection, client);
    client.requests++;
    working++;
    context.addEndHandler(ignored -> answered(connection, client));
    if (!request.isEnded()) {
      Timers.Cancellable waiting = timers.after(BODY_MILLIS, () -> close(connection, Reason.BODY));
      request.end().onComplete(ignored -> waiting.cancel());
    }
    return true;
  }

  /**
   * Too much at once: the client may ask again later, on another connection. Vert.x would go on
   * with what the client has sent after this request, and refuse each of a hundred.
   */
  void refuse(RoutingContext context) {
    count(Reason.BUSY);
    HttpConnection connection = context.request().connection();
    Client client = open.get(connection);
    if (client != null) {
      client.refused = true;
    }
    context.response().putHeader("Retry-After", "5").putHeader(HttpHeaders.CONNECTION, "close");
    context.addEndHandler(ignored -> connection.close());
    Answers.error(context, 503, "busy: " + Reason.BUSY.text + "; ask again");
  }

  /** How many answers the connection of a request has had. */
  int answers(RoutingContext context) {
    Client client = open.get(context.request().connection());
    return client == null ? 0 : client.answers;
  }

  private void answered(HttpConnection connection, Client client) {
    if (open.get(connection) == client) {
      client.requests--;
      client.answers++;
      working--;
      open.remove(connection);
      open.put(connection, client);
    }
  }

  /** Closes those who stand still before it says yes. */
  private boolean isFull(HttpConnection asking) {
    long now = timers.nanoTime();
    while (unread() > bounds.unreadBytes()) {
      Optional<HttpConnection> slowest =
          open.entrySet().stream()
              .filter(entry -> entry.getKey() != asking && entry.getValue().unread.stands(now))
              .min(Comparator.comparingLong(entry -> entry.getValue().unread.since()))
              .map(Map.Entry::getKey);
      if (slowest.isEmpty()) {
        return true;
      }
      close(slowest.get(), Reason.UNREAD);
    }
    return working >= bounds.requests();
  }

  /** Without the largest: one large answer to a slow client must not shut out the others. */
  private long unread() {
    long sum = 0;
    long largest = 0;
    for (Client client : open.values()) {
      long bytes = client.unread.bytes();
      sum += bytes;
      largest = Math.max(largest, bytes);
    }
    return sum - largest;
  }

  private void lookLater() {
    if (!looking && !open.isEmpty()) {
      looking = true;
      timers.after(LOOK_MILLIS, this::look);
    }
  }

  private void look() {
    looking = false;
    long now = timers.nanoTime();
    for (Map.Entry<HttpConnection, Client> entry : Map.copyOf(open).entrySet()) {
      if (entry.getValue().unread.isLate(now)) {
        close(entry.getKey(), Reason.UNREAD);
      }
    }
    lookLater();
  }

  private void close(HttpConnection connection, Reason reason) {
    count(reason);
    closed(connection);
    Unread.cut(connection);
  }

  private void count(Reason reason) {
    Objects.requireNonNull(counters.get(reason)).increment();
    long now = timers.nanoTime();
    Long last = said.get(reason);
    if (last == null || now - last > SAY_NANOS) {
      said.put(reason, now);
      log.atWarn()
          .addKeyValue("reason", reason.text)
          .log(
              "closed a connection of the admin server, or refused a request; more of the kind are"
                  + " counted in stoker_http_refused_total");
    }
  }
}
