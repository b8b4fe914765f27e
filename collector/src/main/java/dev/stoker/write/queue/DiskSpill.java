package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Loss;
import dev.stoker.write.disk.QueueHome;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The part of a queue that is on disk: which profiles are written there and when, which of them are
 * read back, and what becomes of those that the disk loses. The control context owns it.
 */
final class DiskSpill implements Spool.Owner {
  /** The queue, which decides where a profile goes. */
  interface Owner {
    /** What earlier runs left; each profile is to be given to {@link #add}. */
    void recovered(DiskLog.Recovered recovered);

    /** A profile cannot be read back, and nobody else has it. */
    void drop(QueuedProfile profile, DropReason reason);

    /**
     * @param problem why the disk cannot be written to; null = it can again
     */
    void diskTurned(@Nullable String problem);

    /** After each batch of the disk: bodies may leave memory, or can be sent. */
    void diskDone();
  }

  private final Timers timers;
  private final MemoryBodies memory;
  private final Owner owner;
  final ReadAhead ahead = new ReadAhead();

  final SpilledProfiles onDisk = new SpilledProfiles();
  private QueueConfig.Disk config;
  private @Nullable Spool spool;
  private Timers.@Nullable Cancellable timer;
  private boolean closed;

  DiskSpill(QueueConfig.Disk config, Timers timers, MemoryBodies memory, Owner owner) {
    this.config = config;
    this.timers = timers;
    this.memory = memory;
    this.owner = owner;
  }

  /** Opens the files, once; what is there comes by itself. */
  void attach(DiskQueues queues, QueueHome home) {
    if (spool == null) {
      spool = new Spool(queues, home, queues.log(home, config.bounds()), timers, this);
      spool.open();
    }
  }

  boolean attached() {
    return spool != null;
  }

  private Spool files() {
    return Objects.requireNonNull(spool);
  }

  void configure(QueueConfig.Disk next) {
    config = next;
    if (spool != null) {
      spool.configure(next);
    }
  }

  /** The disk takes profiles now. */
  boolean usable() {
    return config.enabled() && spool != null && spool.usable() && !closed;
  }

  /**
   * False when so many bytes more would push out what is on disk, sooner or later: all that is in
   * memory only may have to be written too. Some segments are kept free, as the oldest one goes
   * before the bound is reached.
   */
  boolean hasRoom(long bytes) {
    boolean counts = config.enabled() && spool != null && !closed;
    // What is taken while the disk is ill is written when it is well, and must find room there.
    if (!counts || !usable() && !holdsPushed()) {
      return true;
    }
    long bound = config.bytes();
    long slack = Math.min(48L << 20, bound / 16 * 3);
    long all = Math.max(onDisk.bytes(), files().charge()) + memory.unwrittenBytes() + bytes;
    return (bound == 0 || all <= bound - slack) && hasRoomForOneMore();
  }

  /** The files have a bound of records too, as each takes some heap. */
  private boolean hasRoomForOneMore() {
    long bound = config.bounds().records();
    return onDisk.size() + memory.unwrittenCount() + files().unstored() < bound - bound / 16;
  }

  /** Some of those on disk were pushed: others must not push them out. */
  boolean holdsPushed() {
    return onDisk.holdPushed();
  }

  /** Spills the oldest profiles until at most so many bytes are in memory only. */
  void spillDown(long limit) {
    while (memory.unwrittenBytes() > limit) {
      QueuedProfile oldest =
          memory.oldestUnwritten(profile -> profile.stage().waits() && spillable(profile));
      if (oldest == null) {
        break;
      }
      spill(oldest);
    }
  }

  private boolean spillable(QueuedProfile profile) {
    long bound = config.bytes();
    return !profile.memoryOnly() && (bound == 0 || profile.charge() < bound / 2);
  }

  private void spill(QueuedProfile profile) {
    memory.write(profile);
    files().append(profile);
  }

  /** Sets the timer for the next profile that has to be written because of its age. */
  void arm() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    Spool files = spool;
    if (!config.enabled() || files == null || closed) {
      return;
    }
    QueuedProfile next = memory.oldestUnwritten(this::spillable);
    if (next != null) {
      long due = next.enqueuedAtMillis() + config.spillAfter().toMillis();
      long wait = Math.max(due, files.retryAt()) - nowMillis();
      timer = timers.after(Math.max(1, wait), this::due);
    }
  }

  void armIfIdle() {
    if (timer == null) {
      arm();
    }
  }

  private void due() {
    timer = null;
    if (usable()) {
      memory.unwrittenSince(nowMillis() - config.spillAfter().toMillis()).stream()
          .filter(this::spillable)
          .forEach(this::spill);
    }
    arm();
  }

  /** A profile that an earlier run has left. */
  void add(QueuedProfile recovered) {
    onDisk.put(recovered);
  }

  /** Reads a profile ahead of its turn; false when there is no room for it. */
  boolean read(QueuedProfile profile) {
    if (!ahead.hasRoom(profile)) {
      return false;
    }
    ahead.add(profile);
    files().read(profile);
    return true;
  }

  /** Enough is read, or being read, for the time being. */
  boolean enoughAhead() {
    return ahead.halfFull();
  }

  /** The oldest profile with the lowest rank, of those that were read ahead. */
  @Nullable QueuedProfile firstAhead(ToLongFunction<QueuedProfile> rank) {
    return ahead.first(rank);
  }

  /** Those that were read ahead and wait for their turn. */
  Stream<QueuedProfile> readAhead() {
    return ahead.waiting();
  }

  /** Where it was read ahead, it counts as memory like any other from here on. */
  void land(QueuedProfile profile) {
    if (profile.body() == Body.AHEAD) {
      ahead.remove(profile);
      memory.land(profile);
    }
  }

  /** The queue has settled it: its files need not keep it. */
  void settled(QueuedProfile profile) {
    ahead.remove(profile);
    if (onDisk.remove(profile)) {
      files().settle(profile.diskId());
    }
  }

  @Override
  public void recovered(DiskLog.Recovered recovered) {
    owner.recovered(recovered);
  }

  @Override
  public void written(QueuedProfile profile, long id) {
    if (profile.settled()) {
      files().settle(id);
      return;
    }
    memory.written(profile, id);
    onDisk.put(profile);
  }

  @Override
  public void unwritten(QueuedProfile profile) {
    if (!profile.settled()) {
      memory.notWritten(profile);
    }
  }

  @Override
  public void loaded(QueuedProfile profile, @Nullable OutgoingProfile content) {
    if (profile.settled()) {
      return;
    }
    if (content == null) {
      owner.drop(profile, DropReason.DISK);
    } else {
      profile.loaded(content);
    }
  }

  @Override
  public void lost(Loss loss) {
    for (QueuedProfile profile : onDisk.removeAll(loss)) {
      if (profile.resident()) {
        land(profile);
        memory.lostOnDisk(profile, loss.reason() != Loss.Reason.GONE);
      } else {
        boolean bytes = loss.reason() == Loss.Reason.BYTES;
        owner.drop(profile, bytes ? DropReason.BYTES : DropReason.DISK);
      }
    }
  }

  @Override
  public void turned(@Nullable String problem) {
    owner.diskTurned(problem);
  }

  @Override
  public void changed() {
    owner.diskDone();
  }

  /** Announces the close: from now on another queue may line up for the folder. */
  void leave() {
    if (spool != null) {
      spool.leave();
    }
  }

  /** Writes all that is in memory only, in flight or not, and gives the files back. */
  void close(Runnable done) {
    Spool files = spool;
    if (files != null && config.enabled()) {
      memory.unwritten().forEach(this::spill);
    }
    closed = true;
    if (files == null) {
      arm();
      done.run();
      return;
    }
    files.close(
        () -> {
          arm();
          done.run();
        });
  }

  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
