package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Loss;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.StoredProfile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's files as the control context sees them: orders are collected while the thread of
 * files is busy, and handed to it in one batch. Never blocks. A disk that fails is tried again
 * after a while, for as long as it takes.
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
     * @param push null = it is gone or damaged
     */
    void loaded(QueuedProfile profile, @Nullable OutgoingProfile push);

    void lost(Loss loss);

    /**
     * @param problem why the disk can't be written to; null = it can again
     */
    void turned(@Nullable String problem);

    /** After each batch. */
    void changed();
  }

  private record Batch(
      List<QueuedProfile> appends,
      List<StoredProfile> profiles,
      long[] settles,
      List<QueuedProfile> reads,
      boolean last) {}

  private static final class Outcome {
    DiskLog.@Nullable Recovered recovered;
    DiskLog.@Nullable Appended appended;
    List<@Nullable OutgoingProfile> loaded = List.of();
    List<Loss> losses = List.of();
    @Nullable String problem;
    boolean idle;
  }

  private final DiskQueues queues;
  private final QueueHome home;
  private final DiskLog log;
  private final Timers timers;
  private final Owner owner;
  private final List<QueuedProfile> appends = new ArrayList<>();
  private final List<QueuedProfile> reads = new ArrayList<>();
  private long[] settles = new long[64];
  private int settleCount;
  private boolean claimed;
  private boolean opened; // thread of files only
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
    this.timers = timers;
    this.owner = owner;
  }

  /** Reads what is there, when nobody else has it. */
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

  long retryAt() {
    return problem == null ? 0 : retryAt;
  }

  /** Its body must be in memory; it is not copied. */
  void append(QueuedProfile profile) {
    appends.add(profile);
    submit();
  }

  void read(QueuedProfile profile) {
    reads.add(profile);
    submit();
  }

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

  /** It will close: the next owner of the folder may claim it already, and waits. */
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
    Batch batch = batch();
    long now = nowMillis();
    queues.run(() -> execute(batch, now), (outcome, failure) -> done(batch, outcome, failure));
  }

  private Batch batch() {
    List<QueuedProfile> writing = new ArrayList<>();
    List<StoredProfile> profiles = new ArrayList<>();
    for (QueuedProfile profile : appends) {
      if (!profile.settled()) {
        writing.add(profile);
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
    }
    appends.clear();
    List<QueuedProfile> reading = List.copyOf(reads);
    reads.clear();
    long[] settled = Arrays.copyOf(settles, settleCount);
    settleCount = 0;
    return new Batch(writing, profiles, settled, reading, closing != null);
  }

  /** On the thread of files. What fails in one step does not keep the others from theirs. */
  private Outcome execute(Batch batch, long nowMillis) {
    Outcome outcome = new Outcome();
    try {
      write(batch, outcome);
    } catch (IOException | RuntimeException | Error failed) {
      outcome.problem = failed.toString();
    }
    outcome.loaded = load(batch.reads(), outcome);
    try {
      log.tick(nowMillis);
      if (batch.last()) {
        log.close();
      }
    } catch (IOException | RuntimeException | Error failed) {
      outcome.problem = failed.toString();
    }
    outcome.losses = log.takeLosses();
    outcome.idle = opened && log.idle();
    return outcome;
  }

  private void write(Batch batch, Outcome outcome) throws IOException {
    if (!opened) {
      outcome.recovered = log.open();
      opened = true;
    }
    log.settle(batch.settles());
    if (!batch.profiles().isEmpty()) {
      log.forgetGone();
      DiskLog.Appended appended = log.append(batch.profiles());
      outcome.appended = appended;
      outcome.problem = appended.problem();
    }
  }

  private List<@Nullable OutgoingProfile> load(List<QueuedProfile> profiles, Outcome outcome) {
    List<@Nullable OutgoingProfile> pushes = new ArrayList<>();
    for (QueuedProfile profile : profiles) {
      OutgoingProfile push = null;
      try {
        StoredProfile read = log.read(profile.diskId());
        push =
            OutgoingProfile.of(read.labels(), read.tenant(), read.body(), read.scrapedAtMillis());
      } catch (IOException gone) {
        // counted by the owner
      } catch (RuntimeException | Error bug) {
        // Of this one alone: those that are read with it are good.
        outcome.problem = bug.toString();
      }
      pushes.add(push);
    }
    return pushes;
  }

  private void done(Batch batch, @Nullable Outcome result, @Nullable Throwable bug) {
    busy = false;
    Outcome outcome = result == null ? new Outcome() : result;
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
      OutgoingProfile push = i < outcome.loaded.size() ? outcome.loaded.get(i) : null;
      owner.loaded(batch.reads().get(i), push);
    }
    outcome.losses.forEach(owner::lost);
    owner.changed();
    next(batch, outcome);
  }

  private void next(Batch batch, Outcome outcome) {
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
