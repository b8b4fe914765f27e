package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.disk.DiskEntry;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.queue.QueuedProfile.Body;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's queue: what waits, in memory and on disk, and what is in flight. Memory comes
 * first; a profile that is not settled <code>spill_after</code> it came is written to disk too, as
 * is what memory cannot hold. When memory is full, those that are on disk leave it, the oldest
 * first.
 *
 * <p>{@link QueuedProfile} says which steps a profile can take. Its stage and the collections agree
 * at every moment: a profile that waits is in one lane of {@link Lanes}, one that is being sent is
 * {@link InFlight}. {@link MemoryBodies} counts the bodies in memory, and {@link DiskSpill} knows
 * those on disk. What has to hold between them is written down in <code>QueueInvariants</code> of
 * the tests, which see the collections for that. Control context only.
 */
public final class SendQueue {
  /** Bodies that wait for the disk may take this in addition to the memory bound. */
  static final long WRITE_AHEAD = 8L << 20;

  private static final long FIRST_ORDER = 1L << 62;

  private final Timers timers;
  private final QueueListener listener;
  private final Runnable changed;
  final Lanes lanes = new Lanes();
  final InFlight inFlight = new InFlight();
  final MemoryBodies memory = new MemoryBodies();
  final DiskSpill disk;
  private QueueConfig config;
  private long order = FIRST_ORDER;

  /**
   * @param changed called when something can be sent that could not before
   */
  public SendQueue(QueueConfig config, Timers timers, QueueListener listener, Runnable changed) {
    this.config = config;
    this.timers = timers;
    this.listener = listener;
    this.changed = changed;
    this.disk = new DiskSpill(config.disk(), timers, memory, new DiskEvents());
  }

  /** Gives the queue its disk lane, once; what is there comes by itself. */
  public void attach(DiskQueues queues, QueueHome home) {
    disk.attach(queues, home);
  }

  public boolean attached() {
    return disk.attached();
  }

  public void configure(QueueConfig next) {
    config = next;
    disk.configure(next.disk());
    evictOverBound();
    disk.arm();
  }

  /** Null when the profile is this queue's now, else why it is not. */
  public @Nullable DropReason offer(OutgoingProfile content) {
    QueuedProfile profile = new QueuedProfile(order, content, nowMillis());
    long bound = config.memory();
    if (bound > 0 && profile.charge() > bound) {
      return DropReason.TOO_LARGE;
    }
    if (bound > 0 && !makeRoom(profile.charge())) {
      return overBound();
    }
    order++;
    memory.add(profile);
    lanes.add(profile);
    disk.armIfIdle();
    return null;
  }

  /** False when neither lane can take so many bytes more. */
  private boolean makeRoom(long bytes) {
    evict(config.memory() - bytes);
    long limit = config.memory();
    if (disk.usable()) {
      // Early, so that most can leave memory by the time that it is full.
      disk.spillDown(config.memory() * 3 / 4 - bytes);
      limit += WRITE_AHEAD;
    }
    while (memory.bytes() + bytes > limit) {
      QueuedProfile oldest = memory.oldestUnwritten(profile -> profile.stage().waits());
      if (oldest == null) {
        return false;
      }
      drop(oldest, overBound());
    }
    return true;
  }

  private DropReason overBound() {
    return config.disk().enabled() ? DropReason.DISK : DropReason.BYTES;
  }

  private void evictOverBound() {
    if (config.memory() > 0) {
      evict(config.memory());
    }
  }

  private void evict(long limit) {
    QueuedProfile next = memory.firstEvictable();
    while (memory.bytes() > limit && next != null) {
      memory.unload(next);
      lanes.toBacklog(next);
      next = memory.firstEvictable();
    }
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
      disk.readAhead().filter(aside).toList().forEach(this::stepAside);
      next = fromBacklog(profile -> 0, aside);
    }
    return next == null ? null : taken(next);
  }

  /** A profile of the backlog gives its room in memory to others. */
  private void stepAside(QueuedProfile profile) {
    lanes.stepAside(profile);
    disk.land(profile);
    if (profile.body() == Body.BOTH) {
      memory.unload(profile);
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
      QueuedProfile old = fromBacklog(rank, profile -> false);
      next = old != null && (next == null || before(old, next, rank)) ? old : next;
    }
    return next == null ? null : taken(next);
  }

  private QueuedProfile taken(QueuedProfile next) {
    disk.land(next);
    lanes.take(next);
    memory.taken(next);
    inFlight.add(next);
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
    for (QueuedProfile profile = lanes.firstOfBacklog();
        profile != null;
        profile = lanes.nextOfBacklog(profile)) {
      boolean reading = profile.body() == Body.READING;
      if (!reading && aside.test(profile)) {
        stepAside(profile);
      } else if (profile.resident()) {
        first = first == null || before(profile, first, rank) ? profile : first;
      } else if (!reading && !disk.read(profile)) {
        break;
      }
      if (first != null && disk.enoughAhead()) {
        break;
      }
    }
    // What came back from its back-off may stand before all that was read, and has no room itself.
    return first == null ? disk.firstAhead(rank) : first;
  }

  /** A try failed: it waits. What came from the disk is read again when its turn comes. */
  public void putBack(QueuedProfile profile, long notBeforeMillis) {
    inFlight.remove(profile);
    lanes.delay(profile, notBeforeMillis);
    memory.waits(profile);
    if (profile.body() == Body.BOTH && profile.backlog()) {
      memory.unload(profile);
    }
  }

  /** Delivered, rejected, set aside: no longer this queue's. */
  public void settled(QueuedProfile profile) {
    inFlight.remove(profile);
    memory.forget(profile);
    profile.settle();
    disk.settled(profile);
  }

  private void drop(QueuedProfile profile, DropReason reason) {
    memory.forget(profile);
    lanes.remove(profile);
    disk.settled(profile);
    listener.dropped(reason, profile.bytes(), profile.scrapedAtMillis());
  }

  public void expire() {
    long maxAge = config.maxAge().toMillis();
    if (maxAge > 0) {
      // One whose back-off has just ended would be taken again at once, and never be found here.
      lanes.release(nowMillis());
      lanes.olderThan(nowMillis() - maxAge).forEach(profile -> drop(profile, DropReason.AGE));
    }
  }

  public void endOutage() {
    lanes.endOutage();
  }

  /** Announces the close: from now on another endpoint may line up for this queue's folder. */
  public void leave() {
    disk.leave();
  }

  /**
   * Writes all that is not on disk, in flight or not, and closes the files. What no disk takes is
   * dropped as closed; the rest stays counted as queued.
   */
  public void close(Runnable done) {
    disk.close(
        () -> {
          closed();
          done.run();
        });
  }

  private void closed() {
    for (QueuedProfile profile : inFlight.all()) {
      inFlight.remove(profile);
      lanes.add(profile);
      memory.waits(profile);
    }
    List<QueuedProfile> left = memory.unwritten();
    left.forEach(profile -> drop(profile, DropReason.CLOSED));
    listener.closed(left.size(), lanes.size());
  }

  /** Whether one could go at once, if the window and the pace allowed it. */
  public boolean ready() {
    return lanes.ready() > 0;
  }

  public boolean hasFresh() {
    return lanes.hasFresh();
  }

  /** When the next back-off ends, monotonic milliseconds; Long.MAX_VALUE when none runs. */
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
    return inFlight.bytes();
  }

  /** Unix milliseconds; Long.MAX_VALUE when nothing waits. */
  public long oldestScrape() {
    return lanes.oldestScrape();
  }

  /** Monotonic milliseconds; Long.MAX_VALUE when nothing waits. */
  public long oldestArrival() {
    return lanes.oldestArrival();
  }

  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }

  private final class DiskEvents implements DiskSpill.Owner {
    @Override
    public void recovered(DiskLog.Recovered recovered) {
      listener.recovered(recovered);
      for (DiskEntry entry : recovered.entries()) {
        QueuedProfile profile = new QueuedProfile(entry, nowMillis(), timers.wallMillis());
        lanes.add(profile);
        disk.add(profile);
      }
    }

    @Override
    public void drop(QueuedProfile profile, DropReason reason) {
      SendQueue.this.drop(profile, reason);
    }

    @Override
    public void diskTurned(@Nullable String problem) {
      listener.diskTurned(problem, lanes.size());
    }

    @Override
    public void diskDone() {
      evictOverBound();
      disk.arm();
      changed.run();
    }
  }
}
