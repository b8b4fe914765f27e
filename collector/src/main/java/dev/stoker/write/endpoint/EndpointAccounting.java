package dev.stoker.write.endpoint;

import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.Damage;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.QueueGauges;
import dev.stoker.write.queue.QueueListener;
import dev.stoker.write.queue.QueuedProfile;
import dev.stoker.write.queue.SendQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for every profile of one endpoint: each one that was offered or recovered ends in
 * exactly one column. Here is what happened and where users see it: in the API ({@link #status}),
 * in the metrics ({@link EndpointMeters}), in the log ({@link EndpointLog}, {@link DropLog}), and
 * at the target that a profile came from ({@link Verdicts}). The control context owns it.
 */
public final class EndpointAccounting implements QueueListener {
  private static final int KEPT_ASIDE = 20;

  private final EndpointId id;
  private final EndpointMeters meters;
  private final EndpointLog log;
  private final DropLog drops;
  private final QueueGauges gauges;
  private final Verdicts verdicts;
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
  private final Deque<SetAside> setAside = new ArrayDeque<>();
  private long offered;
  private long recovered;
  private long sent;
  private @Nullable String lastError;
  private @Nullable Instant outageSince;
  private long droppedAtOutage;
  private @Nullable SendQueue watched;

  public EndpointAccounting(
      EndpointId id, MeterRegistry registry, QueueGauges gauges, Verdicts verdicts) {
    this.id = id;
    this.meters = new EndpointMeters(id, registry);
    this.log = new EndpointLog(id, gauges.timers());
    this.drops = new DropLog(id.name(), gauges.timers());
    this.gauges = gauges;
    this.verdicts = verdicts;
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason, 0L);
    }
  }

  /** What the endpoint holds shows in the metrics from now on. */
  void watch(SendQueue queue) {
    watched = queue;
    gauges.add(id.name(), queue);
  }

  void offered(long origin) {
    offered++;
    verdicts.offered(origin);
  }

  /** As {@link EndpointLog#size}. */
  void size(long inflated) {
    log.size(inflated);
  }

  void sent(QueuedProfile profile) {
    sent++;
    meters.sent(profile.bytes());
    log.sent(profile);
    verdicts.taken(profile.origin());
  }

  /**
   * @param delayMillis after which it may be tried again
   */
  void retried(Labels labels, String answer, long delayMillis) {
    meters.retried();
    log.retried(labels, answer, delayMillis);
  }

  void latency(long nanos) {
    meters.latency(nanos);
  }

  /** A bug of ours; it shows as the endpoint's last error. */
  void bug(String doing, Throwable thrown) {
    lastError = "internal error while " + doing + ": " + thrown;
    log.bug(doing, thrown);
  }

  void failed(String answer) {
    lastError = answer;
  }

  @Override
  public void dropped(DropReason reason, long bytes, long scrapedAtMillis) {
    drop(reason, bytes, scrapedAtMillis, null);
  }

  /** What earlier runs left on disk. What could not be read was left too, and is lost. */
  @Override
  public void recovered(DiskLog.Recovered found) {
    Damage.Lost lost = found.damage().lost();
    long profiles = found.entries().size() + lost.profiles();
    recovered += profiles;
    meters.recovered(profiles);
    count(DropReason.DISK, lost.profiles(), lost.bytes());
    log.recovered(found);
  }

  @Override
  public void diskTurned(@Nullable String problem, int waiting) {
    log.diskTurned(problem, waiting);
  }

  @Override
  public void closed(int dropped, int kept) {
    log.closed(dropped, kept);
  }

  void rejected(QueuedProfile profile, Labels labels, String answer) {
    lastError = answer;
    refused(DropReason.REJECTED, profile, ShownLabels.of(labels), answer);
  }

  /** As {@link EndpointLog#seriesFails}. */
  void seriesFails(Labels labels, String answer) {
    log.seriesFails(labels, answer);
  }

  void poison(QueuedProfile profile, Labels labels, String answer, Instant at) {
    Labels shown = ShownLabels.of(labels);
    if (setAside.size() == KEPT_ASIDE && !setAside.removeIf(old -> old.labels().equals(shown))) {
      setAside.removeFirst(); // else the newest of a series takes the place of its older ones
    }
    setAside.add(new SetAside(shown, (int) profile.bytes(), profile.failures(), answer, at));
    refused(DropReason.POISON, profile, shown, answer);
  }

  private void refused(DropReason reason, QueuedProfile profile, Labels shown, String answer) {
    drop(reason, profile.bytes(), profile.scrapedAtMillis(), new DropLog.Cause(answer, shown));
    verdicts.refused(profile.origin(), id.name(), answer);
  }

  /** The endpoint has another state now. */
  void turned(State from, State to, int waiting, Instant at) {
    if (to == State.HEALTHY) {
      log.healthyAgain(from, outageSince, waiting, droppedInAll() - droppedAtOutage);
      outageSince = null;
      lastError = null;
      return;
    }
    if (from == State.HEALTHY) {
      outageSince = at;
      droppedAtOutage = droppedInAll();
    }
    log.turned(to, lastError, waiting);
  }

  EndpointStatus status(State state, SendQueue queue) {
    long oldest = queue.oldestScrape();
    return new EndpointStatus(
        id.component(),
        id.name(),
        id.protocol().kind(),
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
      gauges.remove(id.name(), queue);
    }
  }

  private void drop(
      DropReason reason, long bytes, long scrapedAtMillis, DropLog.@Nullable Cause cause) {
    count(reason, 1, bytes);
    drops.dropped(reason, bytes, scrapedAtMillis, cause);
  }

  private void count(DropReason reason, long profiles, long bytes) {
    dropped.merge(reason, profiles, Long::sum);
    meters.dropped(reason, profiles, bytes);
  }

  private long droppedInAll() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }
}
