package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the bytes of all bodies in flight, from the first byte read until the body is handed on or
 * given up, so that a slow or huge target costs itself only. Bytes are taken as they arrive, never
 * because a header announces them.
 *
 * <ul>
 *   <li>The first {@link #SMALL} bytes of a body may use all of the budget, and a quarter of it is
 *       for them alone: who needs little never waits for those who need a lot.
 *   <li>What is beyond is granted in the order in which bodies came. A quarter of the budget is for
 *       the oldest large body alone. If that is not enough for it, younger large ones yield what
 *       they hold, so one can always be read to its end, and its bytes let the next one go on.
 *   <li>While somebody waits, a body that arrives slower than {@link #SLOWEST} a second has to
 *       yield what it holds. When all wait for each other, the youngest does.
 *   <li>A body that got no memory until its next tick, or that had to yield to an older one, keeps
 *       its place in the order.
 * </ul>
 */
public final class BodyBudget {
  private static final Logger log = LoggerFactory.getLogger(BodyBudget.class);

  /** Most bodies of real services are smaller. */
  static final long SMALL = 512 << 10;

  /** Bytes a second; a body of 16 MiB would take two minutes at this rate. */
  static final long SLOWEST = 128 << 10;

  private static final long CHECK_MILLIS = 1_000;
  private static final long LOG_NANOS = 60_000_000_000L;

  /** What a body has to have before it is worth taking anything away from it. */
  private static final long WORTH = 32 << 10;

  private static final int MAX_REMEMBERED = 10_000;

  private static final String WHAT_TO_DO =
      "the target is scraped again at the next tick; give Stoker more memory or scrape less often if"
          + " this goes on";

  private final long capacity;
  private final long reserve;

  /** {@link #SMALL}, or less in a small heap: small parts of large bodies must not take it all. */
  private final long small;

  private final Timers timers;
  private final Set<Share> open = new LinkedHashSet<>();
  private final TreeMap<Long, Share> larges = new TreeMap<>();
  private final TreeMap<Long, Share> smallWaiters = new TreeMap<>();
  private final TreeMap<Long, Share> largeWaiters = new TreeMap<>();

  /** The places of those that got no memory; the oldest entries are of targets that are gone. */
  private final Map<String, Long> places =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  private @Nullable Timer waits;
  private volatile long used;
  private long usedByLarges;
  private long nextPlace;
  private long grants;
  private long grantsAtCheck;
  private boolean checking;
  private boolean serving;
  private long givenUp;
  private long loggedNanos;

  /**
   * @param capacity bytes of all bodies together
   */
  public BodyBudget(long capacity, Timers timers) {
    this.capacity = capacity;
    this.reserve = capacity / 4;
    this.small = Math.min(SMALL, capacity / 32);
    this.timers = timers;
    this.loggedNanos = timers.nanoTime() - LOG_NANOS;
  }

  /** Shows what is in use, and counts waits. */
  public void measure(MeterRegistry registry) {
    Gauge.builder("stoker.body.memory", () -> used)
        .description("Bytes of bodies that are being fetched or worked on")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("stoker.body.memory.limit", () -> capacity)
        .description("What the bodies of all targets together may take")
        .baseUnit("bytes")
        .register(registry);
    waits =
        Timer.builder("stoker.body.memory.wait")
            .description("Waits of scrapes for memory of other bodies")
            .register(registry);
  }

  /** Bytes taken at the moment. */
  public long used() {
    return used;
  }

  /** No body can ever have more. */
  public long capacity() {
    return capacity;
  }

  /**
   * For one body.
   *
   * @param key of its target
   * @param yield runs when the share has to be closed for the sake of others; the text is for the
   *     user
   */
  public Share open(String key, Consumer<String> yield) {
    timers.control().assertOn();
    Long kept = places.remove(key);
    Share share = new Share(key, kept == null ? nextPlace++ : kept, yield);
    open.add(share);
    return share;
  }

  /** What one body holds. Grows step by step, one step at a time. */
  public final class Share {
    private final String key;
    private final long place;
    private final Consumer<String> yield;
    private long held;
    private long arrived;
    private long arrivedAtCheck;
    private long wanted;
    private @Nullable Runnable granted;
    private long waitsSince;
    private long waitedNanos;
    private boolean fresh = true;
    private boolean complete;

    private Share(String key, long place, Consumer<String> yield) {
      this.key = key;
      this.place = place;
      this.yield = yield;
    }

    String key() {
      return key;
    }

    public long held() {
      return held;
    }

    /** Somebody else has to give something back first. */
    public boolean isWaiting() {
      return granted != null;
    }

    /** All waits together, a running one included. */
    public long waitedNanos() {
      return waitedNanos + (granted == null ? 0 : timers.nanoTime() - waitsSince);
    }

    /**
     * Takes bytes, or runs the action once they are there.
     *
     * @param bytes 0 = none, but a moment when others do not wait for the first bytes of theirs
     */
    public void grow(long bytes, Runnable action) {
      timers.control().assertOn();
      if (granted != null || !open.contains(this)) {
        throw new IllegalStateException("one step at a time, and none after the end");
      }
      boolean first = waiters(bytes).isEmpty();
      if (first && fits(this, bytes)) {
        take(bytes);
        action.run();
        return;
      }
      wanted = bytes;
      granted = action;
      waitsSince = timers.nanoTime();
      waiters(bytes).put(place, this);
      serve();
      checkLater();
    }

    /** Bytes have come, which shows that the target is not slow. */
    public void arrived(long bytes) {
      if (arrived == 0) {
        fresh = true; // an answer that has only begun cannot be judged yet
      }
      arrived += bytes;
    }

    /** The body is there: what it holds will be given back soon, whatever the target does. */
    public void complete() {
      complete = true;
    }

    /** Gives a part back. */
    public void shrink(long bytes) {
      timers.control().assertOn();
      take(-bytes);
      serve();
    }

    /**
     * It has waited for long enough; its place is kept for the next scrape of its target.
     *
     * @return what to tell the user
     */
    public String giveUp() {
      keepPlace();
      report();
      return "there was no memory for the body within "
          + waitedNanos() / 1_000_000
          + " ms, because the bodies of all targets together may take "
          + capacity
          + " bytes; "
          + WHAT_TO_DO;
    }

    private void keepPlace() {
      places.remove(key);
      places.put(key, place);
    }

    /** Gives all back; no waiting action runs any more. Idempotent. */
    public void close() {
      timers.control().assertOn();
      if (open.remove(this)) {
        stopWaiting();
        take(-held);
        larges.remove(place);
        serve();
      }
    }

    private TreeMap<Long, Share> waiters(long bytes) {
      return held + bytes <= small ? smallWaiters : largeWaiters;
    }

    private void take(long bytes) {
      long before = Math.max(0, held - small);
      held += bytes;
      used += bytes;
      long now = Math.max(0, held - small);
      usedByLarges += now - before;
      if (now > 0) {
        larges.put(place, this);
      }
      if (bytes > 0) {
        grants++;
      }
    }

    private void stopWaiting() {
      if (granted != null) {
        waitedNanos = waitedNanos();
        if (waits != null) {
          waits.record(timers.nanoTime() - waitsSince, TimeUnit.NANOSECONDS);
        }
        granted = null;
        smallWaiters.remove(place);
        largeWaiters.remove(place);
      }
    }

    private void grant() {
      Runnable action = granted;
      long bytes = wanted;
      stopWaiting();
      fresh = true; // nothing could arrive meanwhile
      take(bytes);
      if (action != null) {
        try {
          action.run();
        } catch (RuntimeException | Error thrown) {
          // Whoever gave the bytes back is another body's and must not end by this. The context
          // logs and counts it.
          timers.after(
              0,
              () -> {
                throw new IllegalStateException("what waited for memory has failed", thrown);
              });
          end(this, "the scrape was given up, because of an internal error: " + thrown);
        }
      }
    }

    private boolean isSlow() {
      return granted == null
          && !complete
          && !fresh
          && held >= WORTH
          && arrived - arrivedAtCheck < SLOWEST * CHECK_MILLIS / 1_000;
    }
  }

  private boolean fits(Share share, long bytes) {
    long after = share.held + bytes;
    if (used + Math.max(bytes, 1) > capacity) {
      return false;
    }
    if (after <= small) {
      return true;
    }
    boolean oldest = isOldest(share);
    long most = capacity - reserve - (oldest ? 0 : reserve);
    long more = after - Math.max(share.held, small);
    // One that is larger than all that is for large ones still has its turn.
    return usedByLarges + more <= most || oldest && after - small > most;
  }

  private boolean isOldest(Share share) {
    return larges.isEmpty() || larges.firstKey() >= share.place;
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

  private boolean serveOne(TreeMap<Long, Share> waiters) {
    if (waiters.isEmpty()) {
      return false;
    }
    Share first = waiters.firstEntry().getValue();
    if (fits(first, first.wanted)) {
      first.grant();
      return true;
    }
    Share oldest = larges.isEmpty() ? null : larges.firstEntry().getValue();
    if (oldest != null && waiters.containsKey(oldest.place) && fits(oldest, oldest.wanted)) {
      oldest.grant(); // one that came earlier waits for its first large piece
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
    Share oldest = largeWaiters.firstEntry().getValue();
    if (!isOldest(oldest)) {
      return false;
    }
    long lacks = lacks(oldest);
    List<Share> younger =
        larges.tailMap(oldest.place, false).values().stream()
            .filter(share -> !share.complete)
            .sorted(
                Comparator.comparing(Share::isWaiting)
                    .thenComparingLong(share -> share.place)
                    .reversed())
            .toList();
    List<Share> yielding = new ArrayList<>();
    for (Share share : younger) {
      if (lacks > 0) {
        yielding.add(share);
        lacks -= share.held - small;
      }
    }
    if (lacks > 0) {
      return false; // what is complete will be given back soon
    }
    for (Share share : yielding) {
      share.keepPlace();
      makeRoom(share, "a large body that began before it needs the memory");
    }
    return !yielding.isEmpty();
  }

  private long lacks(Share oldest) {
    long after = oldest.held + oldest.wanted;
    long most = capacity - reserve;
    long large = usedByLarges + after - Math.max(oldest.held, small) - most;
    long all = used + Math.max(oldest.wanted, 1) - capacity;
    return after - small > most ? all : Math.max(large, all);
  }

  private void checkLater() {
    if (!checking && !(smallWaiters.isEmpty() && largeWaiters.isEmpty())) {
      checking = true;
      grantsAtCheck = grants;
      for (Share share : open) {
        share.arrivedAtCheck = share.arrived;
        share.fresh = false;
      }
      timers.after(CHECK_MILLIS, this::check);
    }
  }

  /** Somebody has waited for a while. */
  private void check() {
    checking = false;
    long wanted = 0;
    for (TreeMap<Long, Share> waiters : List.of(smallWaiters, largeWaiters)) {
      for (Share share : waiters.values()) {
        wanted += Math.max(share.wanted, 1);
      }
    }
    if (wanted > 0) {
      List<Share> slow = new ArrayList<>(open.stream().filter(Share::isSlow).toList());
      slow.sort(Comparator.comparingLong(Share::held).reversed());
      for (Share share : slow) {
        if (wanted > 0) {
          wanted -= share.held;
          makeRoom(
              share,
              "the target sends less than "
                  + (SLOWEST >> 10)
                  + " KiB a second while other targets wait for the memory that its body holds");
        }
      }
      if (slow.isEmpty() && grants == grantsAtCheck && allWait()) {
        youngestYields();
      }
    }
    checkLater();
  }

  private boolean allWait() {
    return open.stream().noneMatch(share -> share.held > 0 && !share.isWaiting());
  }

  private void youngestYields() {
    Share youngest = null;
    for (Share share : open) {
      if (share.held > 0 && (youngest == null || share.place > youngest.place)) {
        youngest = share;
      }
    }
    if (youngest != null) {
      youngest.keepPlace();
      makeRoom(youngest, "the bodies of all targets together would take more than there is");
    }
  }

  private void makeRoom(Share share, String why) {
    report();
    end(share, "the body was given up, because " + why + "; " + WHAT_TO_DO);
  }

  private static void end(Share share, String text) {
    try {
      share.yield.accept(text);
    } catch (RuntimeException | Error thrown) {
      log.error("a scrape that had to give up its body has failed", thrown);
    } finally {
      share.close();
    }
  }

  private void report() {
    givenUp++;
    long now = timers.nanoTime();
    if (now - loggedNanos >= LOG_NANOS) {
      log.atWarn()
          .addKeyValue("scrapes", givenUp)
          .addKeyValue("limit_bytes", capacity)
          .addKeyValue("waiting", smallWaiters.size() + largeWaiters.size())
          .log("there is not enough memory for the bodies of all targets: scrapes are given up");
      loggedNanos = now;
      givenUp = 0;
    }
  }
}
