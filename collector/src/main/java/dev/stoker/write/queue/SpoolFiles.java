package dev.stoker.write.queue;

import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.Loss;
import dev.stoker.write.disk.StoredProfile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's files as their thread sees them: it does what {@link Spool} has ordered, one batch
 * after the other, and never sees the state of a queued profile. On the thread of files only.
 */
final class SpoolFiles {
  /**
   * What is to be done.
   *
   * @param appends profiles to be stored; their bodies are read and not changed
   * @param settles ids of profiles that are settled
   * @param reads ids of profiles to be read
   * @param last the files are closed after it
   */
  record Batch(List<StoredProfile> appends, long[] settles, long[] reads, boolean last) {}

  /** What came of a batch. */
  static final class Outcome {
    /** What earlier runs left; null when the files were open before, or cannot be opened. */
    DiskLog.@Nullable Recovered recovered;

    /** Null when nothing was to be stored, or it was not tried. */
    DiskLog.@Nullable Appended appended;

    /** In the order of the batch; null = the profile is gone or damaged. */
    List<@Nullable OutgoingProfile> loaded = List.of();

    List<Loss> losses = List.of();

    /** Why the disk does not work; null = it does. */
    @Nullable String problem;

    /** What the files take of the bound of bytes. */
    long charge;

    /** There is nothing in the files, and nothing to look after. */
    boolean idle;
  }

  private final DiskLog log;
  private boolean opened;

  SpoolFiles(DiskLog log) {
    this.log = log;
  }

  /**
   * Never throws: what fails in one step does not keep the others from theirs.
   *
   * @param nowMillis monotonic
   */
  Outcome execute(Batch batch, long nowMillis) {
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
    outcome.charge = log.charge();
    outcome.idle = opened && log.idle();
    return outcome;
  }

  private void write(Batch batch, Outcome outcome) throws IOException {
    if (!opened) {
      outcome.recovered = log.open();
      opened = true;
    }
    log.settle(batch.settles());
    if (!batch.appends().isEmpty()) {
      log.forgetGone();
      DiskLog.Appended appended = log.append(batch.appends());
      outcome.appended = appended;
      outcome.problem = appended.problem();
    }
  }

  private List<@Nullable OutgoingProfile> load(long[] ids, Outcome outcome) {
    List<@Nullable OutgoingProfile> profiles = new ArrayList<>(ids.length);
    for (long id : ids) {
      OutgoingProfile profile = null;
      try {
        StoredProfile read = log.read(id);
        profile =
            OutgoingProfile.of(read.labels(), read.tenant(), read.body(), read.scrapedAtMillis());
      } catch (IOException gone) {
        // The queue counts it.
      } catch (RuntimeException | Error bug) {
        // Of this one alone: those that are read with it are good.
        outcome.problem = bug.toString();
      }
      profiles.add(profile);
    }
    return profiles;
  }
}
