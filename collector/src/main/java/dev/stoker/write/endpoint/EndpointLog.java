package dev.stoker.write.endpoint;

import dev.stoker.concurrent.Timers;
import dev.stoker.labels.Labels;
import dev.stoker.write.disk.Damage;
import dev.stoker.write.disk.DiskEntry;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.queue.QueuedProfile;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The log lines of one endpoint. They tell what changes: a line for each profile is at DEBUG only,
 * and lines that could be many are bounded. Lines about drops are {@link DropLog}'s. The control
 * context owns it.
 */
final class EndpointLog {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final long NANOS_PER_MINUTE = 60_000_000_000L;
  private static final int SERIES_LINES = 10;

  private final EndpointId id;
  private final Timers timers;
  private long seriesMinute;
  private int seriesLogged;
  private long seriesNotLogged;
  private boolean sizeLogged;

  EndpointLog(EndpointId id, Timers timers) {
    this.id = id;
    this.timers = timers;
  }

  private LoggingEventBuilder event(LoggingEventBuilder event) {
    return event.addKeyValue("endpoint", id.name());
  }

  /**
   * A profile is going to be queued. The first one that is over a usual limit of servers is logged,
   * once in a run.
   *
   * @param inflated its bytes
   */
  void size(long inflated) {
    String hint = sizeLogged ? null : id.protocol().exceededLimits(inflated);
    if (hint != null) {
      sizeLogged = true;
      event(log.atWarn())
          .addKeyValue("hint", hint)
          .log("a profile is over the default limit of the servers of this endpoint's protocol");
    }
  }

  void sent(QueuedProfile profile) {
    if (log.isDebugEnabled()) {
      event(log.atDebug())
          .addKeyValue("bytes", profile.bytes())
          .addKeyValue("scraped_at", Instant.ofEpochMilli(profile.scrapedAtMillis()))
          .log("a push has been taken");
    }
  }

  void retried(Labels labels, String answer, long delayMillis) {
    if (log.isDebugEnabled()) {
      event(log.atDebug())
          .addKeyValue("answer", answer)
          .addKeyValue("delay_ms", delayMillis)
          .addKeyValue("labels", ShownLabels.of(labels))
          .log("a push has failed and is tried again");
    }
  }

  void bug(String doing, Throwable thrown) {
    event(log.atError())
        .addKeyValue("while", doing)
        .setCause(thrown)
        .log("internal error; please report it");
  }

  /** What earlier runs left on disk, when there is anything to tell. */
  void recovered(DiskLog.Recovered found) {
    Damage damage = found.damage();
    int profiles = found.entries().size();
    if (profiles == 0 && !damage.any()) {
      return;
    }
    event(damage.any() ? log.atWarn() : log.atInfo())
        .addKeyValue("profiles", profiles)
        .addKeyValue("bytes", found.entries().stream().mapToLong(DiskEntry::bytes).sum())
        .addKeyValue("oldest", oldest(found))
        .addKeyValue("damaged_records", damage.places())
        .addKeyValue("torn_bytes", damage.tornBytes())
        .addKeyValue("corrupt_segments", damage.corruptSegments())
        .addKeyValue("lost_profiles_about", damage.lost().profiles())
        .addKeyValue("lost_bytes_about", damage.lost().bytes())
        .addKeyValue("remarks", String.join("; ", damage.remarks()))
        .log("recovered the queue from disk");
  }

  private static @Nullable Instant oldest(DiskLog.Recovered found) {
    return found.entries().stream().mapToLong(DiskEntry::scrapedAtMillis).min().stream()
        .mapToObj(Instant::ofEpochMilli)
        .findFirst()
        .orElse(null);
  }

  /**
   * @param problem null = the disk takes writes again
   */
  void diskTurned(@Nullable String problem, int waiting) {
    if (problem == null) {
      event(log.atInfo()).addKeyValue("waiting", waiting).log("the queue is written to disk again");
    } else {
      event(log.atWarn())
          .addKeyValue("error", problem)
          .addKeyValue("waiting", waiting)
          .log("the queue cannot be written to disk; it goes on in memory, and tries again");
    }
  }

  void closed(int dropped, int kept) {
    if (dropped > 0 || kept > 0) {
      event(dropped > 0 ? log.atWarn() : log.atInfo())
          .addKeyValue("kept_on_disk", kept)
          .addKeyValue("dropped", dropped)
          .log("stopped with profiles undelivered");
    }
  }

  /** A few lines a minute: a service with many series tends to fail with all of them. */
  void seriesFails(Labels labels, String answer) {
    long minute = timers.nanoTime() / NANOS_PER_MINUTE;
    seriesLogged = minute == seriesMinute ? seriesLogged : 0;
    seriesMinute = minute;
    if (seriesLogged == SERIES_LINES) {
      seriesNotLogged++;
      return;
    }
    seriesLogged++;
    event(log.atWarn())
        .addKeyValue("answer", answer)
        .addKeyValue("labels", ShownLabels.of(labels))
        .addKeyValue("not_logged_before", seriesNotLogged)
        .log("a series fails by its own fault: its profiles are tried again beside the others");
    seriesNotLogged = 0;
  }

  /**
   * @param since when the outage began
   * @param dropped profiles in the outage
   */
  void healthyAgain(State was, @Nullable Instant since, int waiting, long dropped) {
    event(log.atInfo())
        .addKeyValue("was", was.label())
        .addKeyValue("since", since)
        .addKeyValue("waiting", waiting)
        .addKeyValue("dropped", dropped)
        .log("endpoint is healthy again");
  }

  void turned(State to, @Nullable String answer, int waiting) {
    event(log.atWarn())
        .addKeyValue("answer", answer)
        .addKeyValue("waiting", waiting)
        .log(
            switch (to) {
              case FAILING -> "endpoint refuses us: check its url, headers and credentials";
              case REJECTING -> "endpoint rejects what it is sent: it answers, and takes nothing";
              default -> "endpoint is " + to.label();
            });
  }
}
