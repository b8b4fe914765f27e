package dev.stoker.admin.server;

import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Requests whose answers take long to render wait here for their turn. Between two of them the
 * event loop reads what all connections have sent, so a probe waits for one rendering at most and
 * not for all that came before it. Together they take at most half of the loop's time, since the
 * scraping runs on it as well. A connection has one request here at most: Vert.x reads its next one
 * when the former has its answer.
 */
final class Turns {
  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Vertx vertx;
  private final Connections connections;
  private final int bound;
  private final Queue<RoutingContext> waiting = new ArrayDeque<>();
  private boolean scheduled;
  private long restsUntilNanos = System.nanoTime();

  /**
   * @param bound how many may wait, over all connections
   */
  Turns(Vertx vertx, Connections connections, int bound) {
    this.vertx = vertx;
    this.connections = connections;
    this.bound = bound;
  }

  /**
   * A request that waits for its turn. When too many wait, the one is refused whose connection has
   * had the most answers: who asks for the first time is not shut out by who asks again and again.
   */
  void bounded(RoutingContext context) {
    waiting.removeIf(Turns::isGone);
    if (waiting.size() < bound) {
      always(context);
      return;
    }
    RoutingContext served =
        waiting.stream().max(Comparator.comparingInt(connections::answers)).orElse(context);
    if (connections.answers(served) <= connections.answers(context)) {
      connections.refuse(context);
    } else {
      waiting.remove(served);
      connections.refuse(served);
      always(context);
    }
  }

  /** A request that waits for its turn, however many wait. */
  void always(RoutingContext context) {
    waiting.add(context);
    if (!scheduled) {
      schedule();
    }
  }

  /**
   * By a timer: the loop runs many tasks in a row before it reads again, but a timer that is set in
   * one of them comes after the reading. Not before the rest after the former rendering is over.
   */
  private void schedule() {
    scheduled = true;
    long rest = TimeUnit.NANOSECONDS.toMillis(restsUntilNanos - System.nanoTime());
    vertx.setTimer(Math.max(1, rest), ignored -> turn());
  }

  /**
   * The end of an answer may bring in the connection's next request at once: that one waits too.
   */
  private void turn() {
    RoutingContext next = waiting.poll();
    while (next != null && isGone(next)) {
      next = waiting.poll();
    }
    if (next == null) {
      scheduled = false;
      return;
    }
    long start = System.nanoTime();
    try {
      next.next();
    } finally {
      long end = System.nanoTime();
      restsUntilNanos = end + Math.min(MAX_PAUSE_NANOS, end - start);
      scheduled = false;
      if (!waiting.isEmpty()) {
        schedule();
      }
    }
  }

  private static boolean isGone(RoutingContext context) {
    return context.response().ended() || context.response().closed();
  }
}
