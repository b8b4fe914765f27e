package dev.stoker.admin.server;

import dev.stoker.admin.route.Pieces;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Requests whose answers take long to render wait here for their turn. Between two of them the
 * event loop reads what all connections have sent, so a probe waits for one rendering at most and
 * not for all that came before it; an answer in pieces has a turn for each. Together they take at
 * most half of the loop's time, since the scraping runs on it as well. A connection has one request
 * here at most: Vert.x reads its next one when the former has its answer.
 */
final class Turns {
  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Vertx vertx;
  private final Connections connections;
  private final int bound;
  private final Queue<Turn> waiting = new ArrayDeque<>();
  private boolean scheduled;
  private long restsUntilNanos = System.nanoTime();

  /**
   * A request that waits, or the next piece of an answer.
   *
   * @param work renders the answer or, once that has begun, its next piece
   */
  private record Turn(RoutingContext context, Runnable work, boolean begun) {
    boolean isGone() {
      return context.response().ended() || context.response().closed();
    }
  }

  /**
   * @param bound how many requests may wait, over all connections
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
    waiting.removeIf(Turn::isGone);
    List<Turn> asked = waiting.stream().filter(turn -> !turn.begun()).toList();
    if (asked.size() < bound) {
      always(context);
      return;
    }
    Turn served = asked.stream().max(Comparator.comparingInt(this::answers)).orElseThrow();
    if (answers(served) <= connections.answers(context)) {
      connections.refuse(context);
    } else {
      waiting.remove(served);
      connections.refuse(served.context());
      always(context);
    }
  }

  private int answers(Turn turn) {
    return connections.answers(turn.context());
  }

  /** A request that waits for its turn, however many wait. */
  void always(RoutingContext context) {
    Pieces.wait(context, piece -> add(new Turn(context, piece, true)));
    add(new Turn(context, context::next, false));
  }

  private void add(Turn turn) {
    waiting.add(turn);
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
    Turn next = waiting.poll();
    while (next != null && next.isGone()) {
      next = waiting.poll();
    }
    if (next == null) {
      scheduled = false;
      return;
    }
    long start = System.nanoTime();
    try {
      next.work().run();
    } finally {
      long end = System.nanoTime();
      restsUntilNanos = end + Math.min(MAX_PAUSE_NANOS, end - start);
      scheduled = false;
      if (!waiting.isEmpty()) {
        schedule();
      }
    }
  }
}
