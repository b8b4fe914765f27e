package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the bytes of all bodies in flight, from the first byte read until the body is handed on or
 * given up, so that a slow or huge target costs itself only. Bytes are taken as they arrive, never
 * because a header announces them. Owned by the control context.
 *
 * <ul>
 *   <li>The first {@link #SMALL} bytes of a body may use all of the budget, and a quarter of it is
 *       for small bodies alone: one that needs little never waits for those that need a lot. A body
 *       that asks for more is a large one, with its first bytes too.
 *   <li>What is beyond is granted in the order in which bodies came. A quarter of the budget is for
 *       the oldest large body alone. If that is not enough for it, younger large ones yield what
 *       they hold, so one can always be read to its end, and its bytes let the next one go on.
 *   <li>While somebody waits, a body that arrives slower than {@link #SLOWEST} a second has to
 *       yield what it holds. When all wait for each other, the youngest does.
 *   <li>A body that got no memory until its next tick, or that had to yield to an older one, keeps
 *       its place in the order.
 * </ul>
 *
 * <p>Each part of the state has one owner: {@link BodyShare} one body, {@link BodyMemory} the sums,
 * {@link BodyPlaces} the order, {@link BodyChecks} the pace, {@link BodyReport} what users see.
 * This class decides who is served.
 */
public final class BodyBudget {
  private static final Logger log = LoggerFactory.getLogger(BodyBudget.class);

  /** Most bodies of real services are smaller. */
  static final long SMALL = 512 << 10;

  /** Bytes a second; a body of 16 MiB would take two minutes at this rate. */
  static final long SLOWEST = 128 << 10;

  private static final String WHAT_TO_DO =
      "the target is scraped again at the next tick; give Stoker more memory or scrape less often if"
          + " this goes on";

  private final Timers timers;
  private final BodyMemory memory;
  private final BodyReport report;
  private final BodyPlaces places = new BodyPlaces();
  private final Set<BodyShare> open = new LinkedHashSet<>();

  /** Bodies that wait, by their places. */
  private final TreeMap<Long, BodyShare> smallWaiters = new TreeMap<>();

  private final TreeMap<Long, BodyShare> largeWaiters = new TreeMap<>();

  private final BodyChecks checks;
  private long grants;
  private boolean serving;

  /**
   * @param capacity bytes of all bodies together
   */
  public BodyBudget(long capacity, Timers timers) {
    this.timers = timers;
    this.memory = new BodyMemory(capacity);
    this.report = new BodyReport(memory, timers);
    this.checks = new BodyChecks(this, timers);
  }

  /** Shows what is in use, and counts waits. */
  public void measure(MeterRegistry registry) {
    report.register(registry);
  }

  /** Bytes taken at the moment. May be called on any thread. */
  public long used() {
    return memory.used();
  }

  /** No body can ever have more. */
  public long capacity() {
    return memory.capacity();
  }

  /**
   * For one body.
   *
   * @param key of its target
   * @param yield runs when the share has to be closed for the sake of others; the text is for the
   *     user
   */
  public BodyShare open(String key, Consumer<String> yield) {
    timers.control().assertOn();
    BodyShare share = new BodyShare(this, timers, key, places.take(key), yield);
    open.add(share);
    return share;
  }

  void grow(BodyShare share, long bytes, Runnable action) {
    boolean small = memory.isSmall(share, bytes);
    if (!small) {
      memory.large(share);
    }
    TreeMap<Long, BodyShare> waiters = small ? smallWaiters : largeWaiters;
    if (waiters.isEmpty() && memory.fits(share, bytes)) {
      take(share, bytes);
      action.run();
      return;
    }
    share.waits(bytes, action);
    waiters.put(share.place(), share);
    serve();
    checks.soon();
  }

  void shrink(BodyShare share, long bytes) {
    memory.move(share, -bytes);
    serve();
  }

  String giveUp(BodyShare share) {
    places.keep(share.key(), share.place());
    report.givenUp(waiting());
    return "there was no memory for the body within "
        + share.waitedNanos() / 1_000_000
        + " ms, because the bodies of all targets together may take "
        + memory.capacity()
        + " bytes; "
        + WHAT_TO_DO;
  }

  void close(BodyShare share) {
    if (share.isWaiting()) {
      stopWaiting(share);
    }
    share.closes();
    open.remove(share);
    memory.move(share, -share.held());
    memory.forget(share);
    serve();
  }

  private void take(BodyShare share, long bytes) {
    memory.move(share, bytes);
    if (bytes > 0) {
      grants++;
    }
  }

  private Runnable stopWaiting(BodyShare share) {
    report.waited(timers.nanoTime() - share.waitsSince());
    smallWaiters.remove(share.place());
    largeWaiters.remove(share.place());
    return share.stopsWaiting();
  }

  private void grant(BodyShare share) {
    long bytes = share.wanted();
    Runnable action = stopWaiting(share);
    share.pace().excuse(); // nothing could arrive meanwhile
    take(share, bytes);
    try {
      action.run();
    } catch (RuntimeException | Error thrown) {
      // Whoever gave the bytes back is another body's and must not end by this. The context logs
      // and counts it.
      timers.after(
          0,
          () -> {
            throw new IllegalStateException("what waited for memory has failed", thrown);
          });
      end(share, "the scrape was given up, because of an internal error: " + thrown);
    }
  }

  /** A granted action may give back, or ask, at once; the loop that runs sees it. */
  private void serve() {
    if (serving) {
      return;
    }
    serving = true;
    try {
      while (serveOne(smallWaiters) || serveOne(largeWaiters) || oldestTakes()) {
        // each step may have made room for the next
      }
    } finally {
      serving = false;
    }
  }

  private boolean serveOne(TreeMap<Long, BodyShare> waiters) {
    if (waiters.isEmpty()) {
      return false;
    }
    BodyShare first = waiters.firstEntry().getValue();
    if (memory.fits(first, first.wanted())) {
      grant(first);
      return true;
    }
    BodyShare oldest = memory.oldest();
    if (oldest != null
        && waiters.containsKey(oldest.place())
        && memory.fits(oldest, oldest.wanted())) {
      grant(oldest); // one that came earlier waits for its first large piece
      return true;
    }
    return false;
  }

  /**
   * Takes from younger large bodies what the oldest one lacks; those that wait themselves go first,
   * then the youngest. Otherwise bodies larger than the oldest one's part wait for each other until
   * their ticks, and none ends.
   */
  private boolean oldestTakes() {
    if (largeWaiters.isEmpty()) {
      return false;
    }
    BodyShare oldest = largeWaiters.firstEntry().getValue();
    if (!memory.isOldest(oldest)) {
      return false;
    }
    long lacks = memory.lacks(oldest);
    List<BodyShare> younger =
        memory.youngerThan(oldest).stream()
            .filter(share -> !share.isComplete())
            .sorted(
                Comparator.comparing(BodyShare::isWaiting)
                    .thenComparingLong(BodyShare::place)
                    .reversed())
            .toList();
    List<BodyShare> yielding = new ArrayList<>();
    for (BodyShare share : younger) {
      if (lacks > 0) {
        yielding.add(share);
        lacks -= share.held();
      }
    }
    if (lacks > 0) {
      return false; // what is complete will be given back soon
    }
    for (BodyShare share : yielding) {
      makeRoomAndKeepPlace(share, "a large body that began before it needs the memory");
    }
    return !yielding.isEmpty();
  }

  Set<BodyShare> open() {
    return open;
  }

  /** How often somebody got memory. */
  long grants() {
    return grants;
  }

  /** Bodies that wait for memory. */
  int waiting() {
    return smallWaiters.size() + largeWaiters.size();
  }

  /** Bytes that all waiting bodies have asked for, at least one each. */
  long wanted() {
    long wanted = 0;
    for (TreeMap<Long, BodyShare> waiters : List.of(smallWaiters, largeWaiters)) {
      for (BodyShare share : waiters.values()) {
        wanted += Math.max(share.wanted(), 1);
      }
    }
    return wanted;
  }

  /** The share ends for the sake of others, and its target comes first the next time. */
  void makeRoomAndKeepPlace(BodyShare share, String why) {
    places.keep(share.key(), share.place());
    makeRoom(share, why);
  }

  /** The share ends for the sake of others. */
  void makeRoom(BodyShare share, String why) {
    report.givenUp(waiting());
    end(share, "the body was given up, because " + why + "; " + WHAT_TO_DO);
  }

  private static void end(BodyShare share, String text) {
    try {
      share.yields(text);
    } catch (RuntimeException | Error thrown) {
      log.error("a scrape that had to give up its body has failed", thrown);
    } finally {
      share.close();
    }
  }
}
