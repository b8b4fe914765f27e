package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.disk.DiskEntry;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Loss;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.queue.QueuedProfile.Copy;
import dev.stoker.write.queue.QueuedProfile.Lane;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's queue: what waits, in memory and on disk, and what is in flight. Memory first;
 * what is not settled <code>spill_after</code> it came is written to disk too, as is what memory
 * can't hold. When memory is full, those that are on disk leave it, the oldest first. Control
 * context only.
 */
public final class SendQueue implements Spool.Owner {
  /** Beside the memory bound: bodies that wait for the disk to take them. */
  public static final long WRITE_AHEAD = 8L << 20;

  private static final long FIRST_ORDER = 1L << 62;

  private final Timers timers;
  private final QueueListener listener;
  private final Runnable changed;
  private final Lanes lanes = new Lanes();
  private final Set<QueuedProfile> inFlight = new LinkedHashSet<>();
  private final ReadAhead ahead = new ReadAhead();

  /** In memory and not on disk, in flight or not: what has to be written some time. */
  private final TreeSet<QueuedProfile> unwritten = new TreeSet<>();

  /** In memory and on disk, waiting: what may leave memory. */
  private final TreeSet<QueuedProfile> evictable = new TreeSet<>();

  /** By their ids, in flight or not. */
  private final TreeMap<Long, QueuedProfile> onDisk = new TreeMap<>();

  private QueueConfig config;
  private @Nullable Spool spool;
  private long order = FIRST_ORDER;
  private long unwrittenBytes;
  private long memory;
  private long inFlightBytes;
  private Timers.@Nullable Cancellable spillTimer;
  private boolean closed;

  /**
   * @param changed called when something can be sent that could not before
   */
  public SendQueue(QueueConfig config, Timers timers, QueueListener listener, Runnable changed) {
    this.config = config;
    this.timers = timers;
    this.listener = listener;
    this.changed = changed;
  }

  /** Gives the queue its disk lane, once; what is there comes by itself. */
  public void attach(DiskQueues queues, QueueHome home) {
    if (spool == null) {
      spool = new Spool(queues, home, queues.log(home, config.disk().bounds()), timers, this);
      spool.open();
    }
  }

  public boolean attached() {
    return spool != null;
  }

  private Spool files() {
    return Objects.requireNonNull(spool);
  }

  public void configure(QueueConfig next) {
    config = next;
    if (spool != null) {
      spool.configure(next.disk());
    }
    evict();
    armSpill();
  }

  /** Null when the profile is this queue's now, else why it is not. */
  public @Nullable DropReason offer(OutgoingProfile push) {
    QueuedProfile parcel = new QueuedProfile(order, push, nowMillis());
    long bound = config.memory();
    if (bound > 0 && parcel.charge > bound) {
      return DropReason.TOO_LARGE;
    }
    if (bound > 0 && !makeRoom(parcel.charge)) {
      return config.disk().enabled() ? DropReason.DISK : DropReason.BYTES;
    }
    order++;
    memory += parcel.charge;
    stillUnwritten(parcel);
    lanes.add(parcel);
    if (spillTimer == null) {
      armSpill();
    }
    return null;
  }

  /** False when neither lane can take so many bytes more. */
  private boolean makeRoom(long bytes) {
    evict(config.memory() - bytes);
    long limit = config.memory();
    if (spilling()) {
      // Early, so that most can leave memory by the time that it is full.
      spillDown(config.memory() * 3 / 4 - bytes);
      limit += WRITE_AHEAD;
    }
    while (memory + bytes > limit) {
      QueuedProfile oldest = oldestUnwritten(false);
      if (oldest == null) {
        return false;
      }
      drop(oldest, config.disk().enabled() ? DropReason.DISK : DropReason.BYTES);
    }
    return true;
  }

  private void evict() {
    if (config.memory() > 0) {
      evict(config.memory());
    }
  }

  private void evict(long limit) {
    while (memory > limit && !evictable.isEmpty()) {
      QueuedProfile parcel = evictable.first();
      unload(parcel);
      lanes.toBacklog(parcel);
    }
  }

  private void unload(QueuedProfile parcel) {
    evictable.remove(parcel);
    parcel.push = null;
    memory -= parcel.charge;
  }

  private boolean spilling() {
    return config.disk().enabled() && spool != null && spool.usable() && !closed;
  }

  /** Until no more than that is in memory alone. */
  private void spillDown(long limit) {
    while (unwrittenBytes > limit) {
      QueuedProfile oldest = oldestUnwritten(true);
      if (oldest == null) {
        break;
      }
      spill(oldest);
    }
  }

  private boolean spillable(QueuedProfile parcel) {
    long bound = config.disk().bytes();
    return !parcel.memoryOnly && (bound == 0 || parcel.charge < bound / 2);
  }

  private void spill(QueuedProfile parcel) {
    noLongerUnwritten(parcel);
    parcel.copy = Copy.WRITING;
    files().append(parcel);
  }

  private void stillUnwritten(QueuedProfile parcel) {
    if (unwritten.add(parcel)) {
      unwrittenBytes += parcel.charge;
    }
  }

  private void noLongerUnwritten(QueuedProfile parcel) {
    if (unwritten.remove(parcel)) {
      unwrittenBytes -= parcel.charge;
    }
  }

  /** Of those that wait. */
  private @Nullable QueuedProfile oldestUnwritten(boolean toSpill) {
    for (QueuedProfile parcel : unwritten) {
      if (parcel.lane != Lane.NONE && (!toSpill || spillable(parcel))) {
        return parcel;
      }
    }
    return null;
  }

  private void armSpill() {
    if (spillTimer != null) {
      spillTimer.cancel();
      spillTimer = null;
    }
    Spool files = spool;
    if (!config.disk().enabled() || files == null || closed) {
      return;
    }
    for (QueuedProfile parcel : unwritten) {
      if (spillable(parcel)) {
        long due = parcel.enqueuedAtMillis + config.disk().spillAfter().toMillis();
        long wait = Math.max(due, files.retryAt()) - nowMillis();
        spillTimer = timers.after(Math.max(1, wait), this::spillDue);
        return;
      }
    }
  }

  private void spillDue() {
    spillTimer = null;
    long due = nowMillis() - config.disk().spillAfter().toMillis();
    if (spilling()) {
      List<QueuedProfile> all = new ArrayList<>();
      for (QueuedProfile parcel : unwritten) {
        if (parcel.enqueuedAtMillis > due) {
          break;
        }
        all.add(parcel);
      }
      all.stream().filter(this::spillable).forEach(this::spill);
    }
    armSpill();
  }

  /**
   * The next one to be sent, now in flight.
   *
   * @param backlog whether the backlog's pace allows one
   * @param aside true for those that have to wait until {@link #comeBack} calls them; they are not
   *     read from the disk meanwhile
   * @return null when there is none, or it has to be read from the disk first
   */
  public @Nullable QueuedProfile take(boolean backlog, Predicate<QueuedProfile> aside) {
    lanes.release(nowMillis());
    QueuedProfile next = lanes.firstFresh();
    while (next != null && aside.test(next)) {
      lanes.stepAside(next);
      next = lanes.firstFresh();
    }
    if (next == null && backlog) {
      ahead.waiting().filter(aside).toList().forEach(this::stepAside);
      next = fromBacklog(parcel -> 0, aside);
    }
    return next == null ? null : taken(next);
  }

  /** What was read ahead of its turn gives its room to others. */
  private void stepAside(QueuedProfile parcel) {
    lanes.stepAside(parcel);
    if (parcel.ahead) {
      landed(parcel);
    }
    if (parcel.copy == Copy.WRITTEN && parcel.resident()) {
      unload(parcel);
    }
  }

  /** So many of those that stepped aside may be taken again. */
  public void comeBack(int most) {
    lanes.comeBack(most);
  }

  /**
   * For a probe: whatever there is, of those the one with the lowest rank. A profile that no server
   * takes would else be the probe for ever, and keep all others waiting.
   *
   * @param enough a fresh profile of this rank or a lower one is taken without a look at the
   *     backlog
   */
  public @Nullable QueuedProfile takeAny(ToLongFunction<QueuedProfile> rank, long enough) {
    lanes.release(nowMillis());
    if (lanes.ready() == 0) {
      lanes.releaseOne();
    }
    QueuedProfile next = lanes.lowestFresh(rank);
    if (next == null || rank.applyAsLong(next) > enough) {
      QueuedProfile old = fromBacklog(rank, parcel -> false);
      next = old != null && (next == null || before(old, next, rank)) ? old : next;
    }
    return next == null ? null : taken(next);
  }

  private QueuedProfile taken(QueuedProfile next) {
    lanes.remove(next);
    evictable.remove(next);
    if (next.ahead) {
      landed(next);
    }
    inFlight.add(next);
    inFlightBytes += next.bytes;
    return next;
  }

  private static boolean before(
      QueuedProfile one, QueuedProfile other, ToLongFunction<QueuedProfile> rank) {
    return rank.applyAsLong(one) < rank.applyAsLong(other);
  }

  /** The first of the lowest rank, of those whose bodies are here; orders reads ahead of it. */
  private @Nullable QueuedProfile fromBacklog(
      ToLongFunction<QueuedProfile> rank, Predicate<QueuedProfile> aside) {
    QueuedProfile first = null;
    for (QueuedProfile parcel = lanes.firstOfBacklog();
        parcel != null;
        parcel = lanes.nextOfBacklog(parcel)) {
      if (!parcel.loading && aside.test(parcel)) {
        stepAside(parcel);
      } else if (parcel.resident()) {
        first = first == null || before(parcel, first, rank) ? parcel : first;
      } else if (!parcel.loading) {
        if (!ahead.hasRoom(parcel)) {
          break;
        }
        read(parcel);
      }
      if (first != null && ahead.halfFull()) {
        break;
      }
    }
    // What came back from its back-off may stand before all that was read, and has no room itself.
    return first == null ? ahead.first(rank) : first;
  }

  private void read(QueuedProfile parcel) {
    Spool files = spool;
    if (files != null) {
      parcel.loading = true;
      ahead.add(parcel);
      files.read(parcel);
    }
  }

  /** Counts as memory like any other from here on. */
  private void landed(QueuedProfile parcel) {
    ahead.remove(parcel);
    if (parcel.resident()) {
      memory += parcel.charge;
    }
  }

  /** A try failed: it waits. What came from the disk is read again when its turn comes. */
  public void putBack(QueuedProfile parcel, long notBeforeMillis) {
    inFlight.remove(parcel);
    inFlightBytes -= parcel.bytes;
    lanes.delay(parcel, notBeforeMillis);
    if (parcel.copy == Copy.WRITTEN && parcel.resident()) {
      evictable.add(parcel);
      if (parcel.backlog) {
        unload(parcel);
      }
    }
  }

  /** Delivered, rejected, set aside: no longer this queue's. */
  public void settled(QueuedProfile parcel) {
    inFlight.remove(parcel);
    inFlightBytes -= parcel.bytes;
    forget(parcel);
  }

  private void drop(QueuedProfile parcel, DropReason reason) {
    lanes.remove(parcel);
    forget(parcel);
    listener.dropped(reason, parcel.bytes, parcel.scrapedAtMillis);
  }

  private void forget(QueuedProfile parcel) {
    noLongerUnwritten(parcel);
    evictable.remove(parcel);
    if (parcel.ahead) {
      landed(parcel);
    }
    if (parcel.resident()) {
      memory -= parcel.charge;
      parcel.push = null;
    }
    parcel.settled = true;
    if (parcel.copy == Copy.WRITTEN && spool != null) {
      onDisk.remove(parcel.diskId);
      spool.settle(parcel.diskId);
    }
  }

  public void expire() {
    long maxAge = config.maxAge().toMillis();
    if (maxAge > 0) {
      // One whose back-off has just ended would be taken again at once, and never be found here.
      lanes.release(nowMillis());
      lanes.olderThan(nowMillis() - maxAge).forEach(parcel -> drop(parcel, DropReason.AGE));
    }
  }

  public void endOutage() {
    lanes.endOutage();
  }

  @Override
  public void recovered(DiskLog.Recovered recovered) {
    listener.recovered(recovered);
    for (DiskEntry entry : recovered.entries()) {
      QueuedProfile parcel = new QueuedProfile(entry, nowMillis(), timers.wallMillis());
      onDisk.put(parcel.diskId, parcel);
      lanes.add(parcel);
    }
  }

  @Override
  public void written(QueuedProfile parcel, long id) {
    parcel.copy = Copy.WRITTEN;
    parcel.diskId = id;
    if (parcel.settled) {
      files().settle(id);
      return;
    }
    onDisk.put(id, parcel);
    if (parcel.lane != Lane.NONE) {
      evictable.add(parcel);
    }
  }

  @Override
  public void unwritten(QueuedProfile parcel) {
    parcel.copy = Copy.NONE;
    if (!parcel.settled) {
      stillUnwritten(parcel);
    }
  }

  @Override
  public void loaded(QueuedProfile parcel, @Nullable OutgoingProfile push) {
    parcel.loading = false;
    if (parcel.settled) {
      return;
    }
    if (push == null) {
      drop(parcel, DropReason.DISK);
    } else {
      parcel.loaded(push);
    }
  }

  @Override
  public void lost(Loss loss) {
    Map<Long, QueuedProfile> range = onDisk.subMap(loss.firstId(), true, loss.lastId(), true);
    for (QueuedProfile parcel : List.copyOf(range.values())) {
      parcel.copy = Copy.NONE;
      evictable.remove(parcel);
      if (parcel.resident()) {
        if (parcel.ahead) {
          landed(parcel);
        }
        parcel.memoryOnly = loss.reason() != Loss.Reason.GONE;
        stillUnwritten(parcel);
      } else {
        drop(parcel, loss.reason() == Loss.Reason.BYTES ? DropReason.BYTES : DropReason.DISK);
      }
    }
    range.clear();
  }

  @Override
  public void turned(@Nullable String problem) {
    listener.diskTurned(problem, lanes.size());
  }

  @Override
  public void changed() {
    evict();
    armSpill();
    changed.run();
  }

  /** It takes nothing more and will be closed; who gets its folder on disk may line up. */
  public void leave() {
    if (spool != null) {
      spool.leave();
    }
  }

  /**
   * Writes all that is not on disk, in flight or not, and closes the files. What no disk takes is
   * dropped as closed; the rest stays counted as queued.
   */
  public void close(Runnable done) {
    Spool files = spool;
    if (files == null) {
      closed();
      done.run();
      return;
    }
    if (config.disk().enabled()) {
      List.copyOf(unwritten).forEach(this::spill);
    }
    closed = true;
    files.close(
        () -> {
          closed();
          done.run();
        });
  }

  private void closed() {
    closed = true;
    armSpill();
    for (QueuedProfile parcel : List.copyOf(inFlight)) {
      inFlight.remove(parcel);
      inFlightBytes -= parcel.bytes;
      lanes.add(parcel);
    }
    List<QueuedProfile> left = new ArrayList<>(unwritten);
    left.forEach(parcel -> drop(parcel, DropReason.CLOSED));
    listener.closed(left.size(), lanes.size());
  }

  public boolean empty() {
    return lanes.size() == 0 && inFlight.isEmpty();
  }

  /** Whether one could go at once, if the window and the pace allowed it. */
  public boolean ready() {
    return lanes.ready() > 0;
  }

  public boolean hasFresh() {
    return lanes.hasFresh();
  }

  public long nextRelease() {
    return lanes.nextRelease();
  }

  public int waiting() {
    return lanes.size();
  }

  public long waitingBytes() {
    return lanes.bytes();
  }

  public int inFlight() {
    return inFlight.size();
  }

  public long inFlightBytes() {
    return inFlightBytes;
  }

  /** Unix milliseconds; Long.MAX_VALUE when nothing waits. */
  public long oldestScrape() {
    return lanes.oldestScrape();
  }

  /** Monotonic milliseconds; Long.MAX_VALUE when nothing waits. */
  public long oldestArrival() {
    return lanes.oldestArrival();
  }

  /** Profiles in memory, for whatever reason. */
  public long memoryBytes() {
    return memory + ahead.bytes();
  }

  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
