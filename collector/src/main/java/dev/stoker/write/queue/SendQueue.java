package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import dev.stoker.profile.Room;
import dev.stoker.write.disk.DiskEntry;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueHome;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's queue: what waits, in memory and on disk, and what is in flight. Memory comes
 * first. A profile that is not settled <code>spill_after</code> it came is written to disk too, and
 * so is what memory cannot hold. When memory is full, those that are on disk leave it, the oldest
 * first.
 *
 * <p>{@link QueuedProfile} says which steps a profile can take. Its states and the collections
 * agree between any two calls: a profile that waits is in one lane of {@link Lanes}, and one that
 * is being sent is {@link InFlight}. {@link MemoryBodies} counts the bodies in memory, {@link
 * DiskSpill} knows those on disk, and {@link Choice} says which profile is next. What has to hold
 * between them is written down in <code>QueueInvariants</code> of the tests, which see the
 * collections for that. The control context owns the queue; it is checked at the methods by which
 * profiles come in and the disk is attached and closed. Bodies belong to whoever offered them: they
 * are read and never changed.
 */
public final class SendQueue {
  private static final long FIRST_ORDER = 1L << 62;

  private final Timers timers;
  private final QueueListener listener;
  private final Runnable changed;
  final Lanes lanes = new Lanes();
  final InFlight inFlight = new InFlight();
  final MemoryBodies memory = new MemoryBodies();
  final DiskSpill disk;
  private final MemoryBound bound;
  private final Choice choice;
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
    this.bound = new MemoryBound(lanes, memory, disk, this::drop);
    this.choice = new Choice(lanes, memory, disk);
  }

  /** Gives the queue its files, once; what earlier runs have left there comes by itself. */
  public void attach(DiskQueues queues, QueueHome home) {
    timers.control().assertOn();
    disk.attach(queues, home);
  }

  public boolean attached() {
    return disk.attached();
  }

  public void configure(QueueConfig next) {
    config = next;
    disk.configure(next.disk());
    bound.keep(config);
    disk.arm();
  }

  /** Answers null when the profile is this queue's now, or else why it is not. */
  public @Nullable DropReason offer(OutgoingProfile content) {
    timers.control().assertOn();
    QueuedProfile profile = new QueuedProfile(order, content, nowMillis());
    DropReason refused = bound.makeRoom(config, profile);
    if (refused != null) {
      return refused;
    }
    order++;
    memory.add(profile);
    lanes.add(profile);
    disk.armIfIdle();
    return null;
  }

  /**
   * Whether the queue would take a pushed profile now, after what it has promised to the batch, and
   * without giving up one that was pushed before: the sender of that one has its answer.
   */
  public boolean hasRoom(OutgoingProfile content, Room batch) {
    long charge = content.memoryBytes();
    boolean room = bound.hasRoom(config, charge, batch.promised(this));
    if (room) {
      batch.promise(this, charge);
    }
    return room;
  }

  /**
   * Takes the next profile to be sent; it is in flight from here on.
   *
   * @param backlog whether the backlog's pace allows one
   * @param aside true for those that have to wait until {@link #comeBack} calls them; they are not
   *     read from the disk meanwhile
   * @return null when there is none, or it has to be read from the disk first
   */
  public @Nullable QueuedProfile take(boolean backlog, Predicate<QueuedProfile> aside) {
    lanes.release(nowMillis());
    return taken(choice.next(backlog, aside));
  }

  /** So many of those that stepped aside may be taken again. */
  public void comeBack(int most) {
    lanes.comeBack(most);
  }

  /**
   * Takes a profile for a probe: whatever there is, of those the one with the lowest rank. A
   * profile that no server takes would else be the probe for ever, and keep all others waiting.
   *
   * @param enough a fresh profile of this rank or a lower one is taken without a look at the
   *     backlog
   * @return null when there is none, or it has to be read from the disk first
   */
  public @Nullable QueuedProfile takeAny(ToLongFunction<QueuedProfile> rank, long enough) {
    lanes.release(nowMillis());
    return taken(choice.lowest(rank, enough));
  }

  private @Nullable QueuedProfile taken(@Nullable QueuedProfile next) {
    if (next != null) {
      disk.land(next);
      lanes.take(next);
      memory.taken(next);
      inFlight.add(next);
    }
    return next;
  }

  /**
   * A try has failed, and the profile waits. One of the backlog that the disk has leaves memory,
   * and is read again when its turn comes.
   *
   * @param notBeforeMillis monotonic milliseconds
   */
  public void putBack(QueuedProfile profile, long notBeforeMillis) {
    inFlight.remove(profile);
    lanes.delay(profile, notBeforeMillis);
    memory.waits(profile);
    if (profile.body() == Body.BOTH && profile.backlog()) {
      memory.unload(profile);
    }
  }

  /** The profile was delivered, rejected or set aside, and is no longer this queue's. */
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

  /** Drops what is older than max_age. */
  public void expire() {
    long maxAge = config.maxAge().toMillis();
    if (maxAge > 0) {
      // One whose back-off has just ended would be taken again at once, and never be found here.
      lanes.release(nowMillis());
      lanes.olderThan(nowMillis() - maxAge).forEach(profile -> drop(profile, DropReason.AGE));
    }
  }

  /** The endpoint works again: what waits is the backlog of the outage. */
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
   *
   * @param done called on the control context, when nothing more happens here
   */
  public void close(Runnable done) {
    timers.control().assertOn();
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
      bound.keep(config);
      disk.arm();
      changed.run();
    }
  }
}
