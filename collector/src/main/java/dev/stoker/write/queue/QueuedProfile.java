package dev.stoker.write.queue;

import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskEntry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A profile in one endpoint's queue: where it is, and what happened to it there. Mutable, owned by
 * the queue. Ordered by age.
 */
public final class QueuedProfile implements Comparable<QueuedProfile> {
  /** Where it waits. */
  enum Lane {
    /** In flight, or done with. */
    NONE,
    FRESH,
    BACKLOG,
    /** Until its back-off is over. */
    DELAYED,
    /** Of a failing series, until fewer of those are in flight. */
    ASIDE
  }

  /** Whether it is on disk. */
  enum Copy {
    NONE,
    WRITING,
    WRITTEN
  }

  /** Recovered ones are older than all that come in. */
  final long order;

  /** Of the body. */
  final long bytes;

  final long scrapedAtMillis;

  /** Whom to tell what the server says; kept while the body is on disk only. */
  final long origin;

  /**
   * Monotonic milliseconds: a step of the wall clock makes nothing old. For one that an earlier run
   * left, by the wall clock's word at the start, and never in the future.
   */
  final long enqueuedAtMillis;

  /** What it costs in memory: its body, and its labels as text and as they are sent. */
  final long charge;

  /** Null = its body is on disk only. */
  @Nullable OutgoingProfile push;

  /** A hash of tenant and labels; 0 = its labels have not been read from the disk yet. */
  long series;

  Lane lane = Lane.NONE;
  Copy copy = Copy.NONE;

  /** On disk, where {@link #copy} is WRITTEN. */
  long diskId = -1;

  /** It stepped aside, was called back, and has not been taken since. */
  boolean calledBack;

  /** Of an outage or from the disk: goes behind the fresh ones, at a limited rate. */
  boolean backlog;

  /** Being read from the disk. */
  boolean loading;

  /** Read from the disk and not sent yet: held beside the memory bound. */
  boolean ahead;

  /** Its copy fell to a bound; another one would fall next. */
  boolean memoryOnly;

  /** Delivered or dropped while it was being written to the disk. */
  boolean settled;

  /** Tries that count against max_backoff_retries: made while other profiles passed. */
  private int tries;

  /** All failed tries. */
  private int failures;

  private long deliveriesAtFailure;

  /** Not before, monotonic milliseconds. */
  long notBeforeMillis;

  public QueuedProfile(long order, OutgoingProfile push, long enqueuedAtMillis) {
    this.order = order;
    this.push = push;
    this.series = push.series();
    this.origin = push.origin();
    this.bytes = push.body().length;
    this.charge = push.memoryBytes();
    this.scrapedAtMillis = push.scrapedAtMillis();
    this.enqueuedAtMillis = enqueuedAtMillis;
  }

  /** One that an earlier run left on disk. */
  QueuedProfile(DiskEntry entry, long nowMillis, long wallMillis) {
    this.order = entry.id();
    this.origin = Verdicts.NOBODY;
    this.bytes = entry.bytes();
    this.charge = bytes + 2L * entry.headBytes();
    this.scrapedAtMillis = entry.scrapedAtMillis();
    this.enqueuedAtMillis = nowMillis - Math.max(0, wallMillis - entry.enqueuedAtMillis());
    this.copy = Copy.WRITTEN;
    this.diskId = entry.id();
    this.backlog = true;
  }

  /** Read from the disk. */
  void loaded(OutgoingProfile read) {
    push = read;
    series = read.series();
  }

  public long bytes() {
    return bytes;
  }

  /** Unix milliseconds. */
  public long scrapedAtMillis() {
    return scrapedAtMillis;
  }

  public long origin() {
    return origin;
  }

  public long series() {
    return series;
  }

  /** It goes behind the fresh ones, at a limited rate. */
  public boolean backlog() {
    return backlog;
  }

  /** What is sent; only while its body is in memory, as it is in flight. */
  public OutgoingProfile content() {
    return Objects.requireNonNull(push);
  }

  public int failures() {
    return failures;
  }

  public int tries() {
    return tries;
  }

  /** The endpoint's count of deliveries when this one last failed. */
  public long deliveriesAtFailure() {
    return deliveriesAtFailure;
  }

  /**
   * A try has failed.
   *
   * @param counts against the profile: others have passed since it last failed
   * @param deliveries of the endpoint so far
   */
  public void failed(boolean counts, long deliveries) {
    failures++;
    tries += counts ? 1 : 0;
    deliveriesAtFailure = deliveries;
  }

  /** Its body is in memory. */
  boolean resident() {
    return push != null;
  }

  @Override
  public int compareTo(QueuedProfile other) {
    return Long.compare(order, other.order);
  }
}
