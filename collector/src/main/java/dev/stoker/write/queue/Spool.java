package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Loss;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.StoredProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's files as the control context sees them. Orders are collected while the thread of
 * files is busy and handed to it in one batch ({@link SpoolFiles}); their results come back on the
 * control context, which owns this. Nothing here blocks. A disk that fails is tried again after a
 * while, for as long as it takes.
 */
final class Spool {
  private static final long RETRY_MILLIS = 5_000;
  private static final long TICK_MILLIS = 1_000;

  /** The queue; called on the control context. */
  interface Owner {
    void recovered(DiskLog.Recovered recovered);

    void written(QueuedProfile profile, long id);

    /** It could not be stored; its body is still in memory. */
    void unwritten(QueuedProfile profile);

    /**
     * @param content null = the profile is gone or damaged
     */
    void loaded(QueuedProfile profile, @Nullable OutgoingProfile content);

    void lost(Loss loss);

    /**
     * @param problem why the disk cannot be written to; null = it can again
     */
    void turned(@Nullable String problem);

    /** After each batch. */
    void changed();
  }

  /**
   * The profiles of a batch, in its order.
   *
   * @param last the files are closed after it
   */
  private record Ordered(List<QueuedProfile> appends, List<QueuedProfile> reads, boolean last) {}

  private final DiskQueues queues;
  private final QueueHome home;
  private final DiskLog log;
  private final SpoolFiles files;
  private final Timers timers;
  private final Owner owner;
  private final List<QueuedProfile> appends = new ArrayList<>();
  private final List<QueuedProfile> reads = new ArrayList<>();
  private long[] settles = new long[64];
  private int settleCount;
  private long filesCharge;
  private long appendsCharge;
  private int unstored;
  private boolean claimed;
  private boolean busy;
  private boolean due = true;
  private @Nullable String problem;
  private long retryAt;
  private Timers.@Nullable Cancellable tick;
  private boolean leaving;
  private boolean ending;
  private @Nullable Runnable closing;

  Spool(DiskQueues queues, QueueHome home, DiskLog log, Timers timers, Owner owner) {
    this.queues = queues;
    this.home = home;
    this.log = log;
    this.files = new SpoolFiles(log);
    this.timers = timers;
    this.owner = owner;
  }

  /** Takes the folder and reads what is there, as soon as nobody else has it. */
  void open() {
    queues.claim(
        home,
        () -> {
          claimed = true;
          submit();
        });
  }

  /** False while the disk has failed and its next try is not due. */
  boolean usable() {
    return problem == null || nowMillis() >= retryAt;
  }

  /**
   * What the files take, and will take when all is written that was ordered. What is settled in
   * them counts: a file goes as a whole, so one profile that waits keeps all beside it.
   */
  long charge() {
    return filesCharge + appendsCharge;
  }

  long retryAt() {
    return problem == null ? 0 : retryAt;
  }

  /** Profiles that are ordered to be stored, and are not yet. */
  int unstored() {
    return unstored;
  }

  /** Orders that a profile is stored. Its body is in memory, and is not copied. */
  void append(QueuedProfile profile) {
    appends.add(profile);
    appendsCharge += profile.charge();
    unstored++;
    submit();
  }

  /** Orders that the body of a profile is read. */
  void read(QueuedProfile profile) {
    reads.add(profile);
    submit();
  }

  /** Orders to note that a profile on disk is settled. */
  void settle(long id) {
    if (settleCount == settles.length) {
      settles = Arrays.copyOf(settles, 2 * settleCount);
    }
    settles[settleCount++] = id;
    submit();
  }

  void configure(QueueConfig.Disk next) {
    queues.run(
        () -> {
          log.bounds(next.bounds());
          return "";
        },
        (done, failure) -> {});
  }

  /** Says that this will close: the next owner of the folder may claim it already, and waits. */
  void leave() {
    if (!leaving) {
      leaving = true;
      log.cancelOpen();
      queues.closing(home);
    }
  }

  /** Writes what is ordered, forces it to the disk, and gives the folder back. */
  void close(Runnable closed) {
    leave();
    closing = closed;
    due = true;
    if (tick != null) {
      tick.cancel();
    }
    submit();
  }

  private void submit() {
    boolean work = due || !appends.isEmpty() || settleCount > 0 || !reads.isEmpty();
    if (busy || !claimed || !work || ending) {
      return;
    }
    busy = true;
    due = false;
    ending = closing != null; // what is ordered later has come too late: the folder is another's
    Ordered ordered = ordered();
    SpoolFiles.Batch batch = batch(ordered);
    long now = nowMillis();
    queues.run(
        () -> files.execute(batch, now), (outcome, failure) -> done(ordered, outcome, failure));
  }

  private Ordered ordered() {
    List<QueuedProfile> writing = appends.stream().filter(profile -> !profile.settled()).toList();
    Ordered ordered = new Ordered(writing, List.copyOf(reads), closing != null);
    appends.clear();
    reads.clear();
    return ordered;
  }

  private SpoolFiles.Batch batch(Ordered ordered) {
    List<StoredProfile> profiles = new ArrayList<>(ordered.appends().size());
    for (QueuedProfile profile : ordered.appends()) {
      OutgoingProfile content = profile.content();
      long enqueued = timers.wallMillis() - (nowMillis() - profile.enqueuedAtMillis());
      profiles.add(
          new StoredProfile(
              content.labels(),
              content.tenant(),
              content.body(),
              content.scrapedAtMillis(),
              enqueued));
    }
    long[] settled = Arrays.copyOf(settles, settleCount);
    settleCount = 0;
    long[] ids = ordered.reads().stream().mapToLong(QueuedProfile::diskId).toArray();
    return new SpoolFiles.Batch(profiles, settled, ids, ordered.last());
  }

  private void done(Ordered batch, SpoolFiles.@Nullable Outcome result, @Nullable Throwable bug) {
    busy = false;
    SpoolFiles.Outcome outcome = result == null ? new SpoolFiles.Outcome() : result;
    filesCharge = result == null ? filesCharge : result.charge;
    appendsCharge = appends.stream().mapToLong(QueuedProfile::charge).sum();
    unstored = appends.size();
    if (bug != null) {
      outcome.problem = bug.toString();
    }
    turn(outcome.problem, !batch.appends().isEmpty());
    if (outcome.recovered != null) {
      owner.recovered(outcome.recovered);
    }
    DiskLog.Appended appended = outcome.appended;
    for (int i = 0; i < batch.appends().size(); i++) {
      long id = appended == null ? -1 : appended.ids()[i];
      if (id < 0) {
        owner.unwritten(batch.appends().get(i));
      } else {
        owner.written(batch.appends().get(i), id);
      }
    }
    for (int i = 0; i < batch.reads().size(); i++) {
      OutgoingProfile content = i < outcome.loaded.size() ? outcome.loaded.get(i) : null;
      owner.loaded(batch.reads().get(i), content);
    }
    outcome.losses.forEach(owner::lost);
    owner.changed();
    next(batch, outcome);
  }

  private void next(Ordered batch, SpoolFiles.Outcome outcome) {
    Runnable closed = closing;
    if (batch.last() && closed != null) {
      queues.release(home);
      closed.run();
      return;
    }
    if (closing != null) {
      due = true;
    } else if (tick == null && !(outcome.idle && problem == null)) {
      tick =
          timers.after(
              TICK_MILLIS,
              () -> {
                tick = null;
                due = true;
                submit();
              });
    }
    submit();
  }

  /** Only a write tells that a disk takes writes again. */
  private void turn(@Nullable String now, boolean wrote) {
    if (now != null) {
      retryAt = nowMillis() + RETRY_MILLIS;
      if (problem == null) {
        owner.turned(now);
      }
      problem = now;
    } else if (problem != null && wrote) {
      problem = null;
      owner.turned(null);
    }
  }

  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
