package dev.stoker.write.endpoint;

import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.Damage;
import dev.stoker.write.disk.DiskEntry;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.QueueGauges;
import dev.stoker.write.queue.QueueListener;
import dev.stoker.write.queue.QueuedProfile;
import dev.stoker.write.queue.SendQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One endpoint's book-keeping: every profile that was offered ends in exactly one column. Also its
 * metrics and its log lines, which tell transitions only.
 */
public final class EndpointAccounting implements QueueListener {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final int KEPT_ASIDE = 20;
  private static final long NANOS_PER_MINUTE = 60_000_000_000L;
  private static final int SERIES_LINES = 10;
  private static final int SHOWN_LABELS = 100;
  private static final int SHOWN_CHARS = 1_000;

  private final EndpointId id;
  private final String endpoint;
  private final MeterRegistry registry;
  private final QueueGauges gauges;
  private final Verdicts verdicts;
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
  private final Deque<SetAside> setAside = new ArrayDeque<>();
  private final DropLog drops;
  private final Counter sentProfiles;
  private final Counter sentBytes;
  private final Counter retries;
  private final Counter recoveredProfiles;
  private final Timer latency;
  private long offered;
  private long recovered;
  private long sent;
  private @Nullable String lastError;
  private @Nullable Instant outageSince;
  private long droppedAtOutage;
  private long seriesMinute;
  private int seriesLogged;
  private long seriesNotLogged;
  private boolean sizeLogged;
  private @Nullable SendQueue watched;

  public EndpointAccounting(
      EndpointId id, MeterRegistry registry, QueueGauges gauges, Verdicts verdicts) {
    this.id = id;
    this.endpoint = id.name();
    this.registry = registry;
    this.gauges = gauges;
    this.drops = new DropLog(endpoint, gauges.timers());
    this.verdicts = verdicts;
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason, 0L);
      // There from the start: an increase from nothing to 1 is none to Prometheus.
      reasonCounter("dropped.profiles", reason);
      reasonCounter("dropped.bytes", reason);
    }
    this.sentProfiles = counter(meter("sent.profiles"), "Profiles that the server took");
    this.sentBytes = counter(meter("sent.bytes"), "Bytes of profiles that the server took");
    this.retries = counter(meter("retries"), "Tries that failed and will be repeated");
    this.recoveredProfiles =
        counter("stoker.queue.recovered.profiles", "Profiles that earlier runs left on disk");
    this.latency =
        Timer.builder(meter("latency"))
            .description("Of one push, from its start to its answer")
            .tag("endpoint", endpoint)
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMillis(2500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10))
            .register(registry);
  }

  /** What the endpoint holds shows in the metrics from now on. */
  void watch(SendQueue queue) {
    watched = queue;
    gauges.add(endpoint, queue);
  }

  void offered(long origin) {
    offered++;
    verdicts.offered(origin);
  }

  /** The first that is over a server's default is logged, once in a run. */
  void size(long inflated) {
    String hint = sizeLogged ? null : id.protocol().exceededLimits(inflated);
    if (hint != null) {
      sizeLogged = true;
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("hint", hint)
          .log("a profile is over the default limit of a Pyroscope server");
    }
  }

  void sent(QueuedProfile parcel) {
    sent++;
    sentProfiles.increment();
    sentBytes.increment(parcel.bytes());
    log.atDebug()
        .addKeyValue("endpoint", endpoint)
        .addKeyValue("bytes", parcel.bytes())
        .addKeyValue("scraped_at", Instant.ofEpochMilli(parcel.scrapedAtMillis()))
        .log("a push has been taken");
    verdicts.taken(parcel.origin());
  }

  /**
   * @param delayMillis after which it may be tried again
   */
  void retried(Labels labels, String answer, long delayMillis) {
    retries.increment();
    if (log.isDebugEnabled()) {
      log.atDebug()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("answer", answer)
          .addKeyValue("delay_ms", delayMillis)
          .addKeyValue("labels", shown(labels))
          .log("a push has failed and is tried again");
    }
  }

  void latency(long nanos) {
    latency.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A bug of ours; it shows as the endpoint's last error. */
  void bug(String doing, Throwable thrown) {
    lastError = "internal error while " + doing + ": " + thrown;
    log.atError()
        .addKeyValue("endpoint", endpoint)
        .setCause(thrown)
        .log("internal error while {}; please report it", doing);
  }

  void failed(String answer) {
    lastError = answer;
  }

  @Override
  public void dropped(DropReason reason, long bytes, long scrapedAtMillis) {
    drop(reason, bytes, scrapedAtMillis, null);
  }

  /**
   * What earlier runs left on disk; logged when there is anything to tell. What could not be read
   * was left too, and is lost.
   */
  @Override
  public void recovered(DiskLog.Recovered found) {
    Damage damage = found.damage();
    Damage.Lost lost = damage.lost();
    int profiles = found.entries().size();
    recovered += profiles + lost.profiles();
    recoveredProfiles.increment(profiles + lost.profiles());
    count(DropReason.DISK, lost.profiles(), lost.bytes());
    if (profiles > 0 || damage.any()) {
      LoggingEventBuilder event = damage.any() ? log.atWarn() : log.atInfo();
      event
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("profiles", profiles)
          .addKeyValue("bytes", found.entries().stream().mapToLong(DiskEntry::bytes).sum())
          .addKeyValue(
              "oldest",
              found.entries().stream().mapToLong(DiskEntry::scrapedAtMillis).min().stream()
                  .mapToObj(Instant::ofEpochMilli)
                  .findFirst()
                  .orElse(null))
          .addKeyValue("damaged_records", damage.places())
          .addKeyValue("torn_bytes", damage.tornBytes())
          .addKeyValue("corrupt_segments", damage.corruptSegments())
          .addKeyValue("lost_profiles_about", lost.profiles())
          .addKeyValue("lost_bytes_about", lost.bytes())
          .addKeyValue("remarks", String.join("; ", damage.remarks()))
          .log("recovered the queue from disk");
    }
  }

  @Override
  public void diskTurned(@Nullable String problem, int waiting) {
    if (problem == null) {
      log.atInfo()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("waiting", waiting)
          .log("the queue is written to disk again");
    } else {
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("error", problem)
          .addKeyValue("waiting", waiting)
          .log("the queue cannot be written to disk; it goes on in memory, and tries again");
    }
  }

  @Override
  public void closed(int dropped, int kept) {
    if (dropped > 0 || kept > 0) {
      LoggingEventBuilder event = dropped > 0 ? log.atWarn() : log.atInfo();
      event
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("kept_on_disk", kept)
          .addKeyValue("dropped", dropped)
          .log("stopped with profiles undelivered");
    }
  }

  void rejected(QueuedProfile parcel, Labels labels, String answer) {
    lastError = answer;
    DropLog.Cause cause = new DropLog.Cause(answer, shown(labels));
    drop(DropReason.REJECTED, parcel.bytes(), parcel.scrapedAtMillis(), cause);
    verdicts.refused(parcel.origin(), endpoint, answer);
  }

  /** A few lines a minute: a service with many series tends to fail with all of them. */
  void seriesFails(Labels labels, String answer) {
    long minute = gauges.timers().nanoTime() / NANOS_PER_MINUTE;
    seriesLogged = minute == seriesMinute ? seriesLogged : 0;
    seriesMinute = minute;
    if (seriesLogged == SERIES_LINES) {
      seriesNotLogged++;
      return;
    }
    seriesLogged++;
    log.atWarn()
        .addKeyValue("endpoint", endpoint)
        .addKeyValue("answer", answer)
        .addKeyValue("labels", shown(labels))
        .addKeyValue("not_logged_before", seriesNotLogged)
        .log("a series fails by its own fault: its profiles are tried again beside the others");
    seriesNotLogged = 0;
  }

  void poison(QueuedProfile parcel, Labels labels, String answer, Instant at) {
    Labels shown = shown(labels);
    if (setAside.size() == KEPT_ASIDE && !setAside.removeIf(old -> old.labels().equals(shown))) {
      setAside.removeFirst(); // else the newest of a series takes the place of its older ones
    }
    setAside.add(new SetAside(shown, (int) parcel.bytes(), parcel.failures(), answer, at));
    DropLog.Cause cause = new DropLog.Cause(answer, shown);
    drop(DropReason.POISON, parcel.bytes(), parcel.scrapedAtMillis(), cause);
    verdicts.refused(parcel.origin(), endpoint, answer);
  }

  void turned(State from, State to, int waiting, Instant at) {
    if (to == State.HEALTHY) {
      log.atInfo()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("was", from.label())
          .addKeyValue("since", outageSince)
          .addKeyValue("waiting", waiting)
          .addKeyValue("dropped", droppedInAll() - droppedAtOutage)
          .log("endpoint is healthy again");
      outageSince = null;
      lastError = null;
      return;
    }
    if (from == State.HEALTHY) {
      outageSince = at;
      droppedAtOutage = droppedInAll();
    }
    log.atWarn()
        .addKeyValue("endpoint", endpoint)
        .addKeyValue("answer", lastError)
        .addKeyValue("waiting", waiting)
        .log(
            switch (to) {
              case FAILING -> "endpoint refuses us: check its url, headers and credentials";
              case REJECTING -> "endpoint rejects what it is sent: it answers, and takes nothing";
              default -> "endpoint is " + to.label();
            });
  }

  EndpointStatus status(State state, SendQueue queue) {
    long oldest = queue.oldestScrape();
    return new EndpointStatus(
        id.component(),
        endpoint,
        state,
        new EndpointStatus.Counts(offered, recovered, sent),
        Map.copyOf(dropped),
        new EndpointStatus.Load(
            queue.waiting(),
            queue.waitingBytes(),
            queue.inFlight(),
            oldest == Long.MAX_VALUE ? null : Instant.ofEpochMilli(oldest)),
        lastError,
        List.copyOf(setAside));
  }

  /** The gauges go; the counters stay for the last scrape of the metrics. */
  void close() {
    drops.close();
    SendQueue queue = watched;
    if (queue != null) {
      gauges.remove(endpoint, queue);
    }
  }

  private void drop(
      DropReason reason, long bytes, long scrapedAtMillis, DropLog.@Nullable Cause cause) {
    count(reason, 1, bytes);
    drops.dropped(reason, bytes, scrapedAtMillis, cause);
  }

  private void count(DropReason reason, long profiles, long bytes) {
    dropped.merge(reason, profiles, Long::sum);
    reasonCounter("dropped.profiles", reason).increment(profiles);
    reasonCounter("dropped.bytes", reason).increment(bytes);
  }

  /** They outlive the profile, so that they are not counted as the queue's: none is long. */
  private static Labels shown(Labels labels) {
    Labels.Builder some = Labels.empty().toBuilder();
    labels.forEach(
        (name, value) -> {
          if (some.size() < SHOWN_LABELS && name.length() <= SHOWN_CHARS) {
            boolean cut = value.length() > SHOWN_CHARS;
            some.set(name, cut ? value.substring(0, SHOWN_CHARS) + "…" : value);
          }
        });
    return some.build();
  }

  private long droppedInAll() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  private String meter(String name) {
    return id.protocol().meters() + "." + name;
  }

  private Counter reasonCounter(String name, DropReason reason) {
    return Counter.builder(meter(name))
        .tags("endpoint", endpoint, "reason", reason.label())
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("endpoint", endpoint)
        .register(registry);
  }
}
