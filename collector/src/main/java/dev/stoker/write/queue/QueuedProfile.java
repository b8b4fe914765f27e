package dev.stoker.write.queue;

import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskEntry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A profile in one endpoint's queue. It has two states: the {@link Stage} of its way, and where its
 * {@link Body} is. The methods of this class are the only way from one state to another. Each of
 * them throws an IllegalStateException where its step is not legal, before anything has changed.
 * The queue alone calls them, and its collections follow the states. Profiles are ordered by age:
 * those that an earlier run has left come first. The control context owns it.
 */
public final class QueuedProfile implements Comparable<QueuedProfile> {
  /** Recovered ones are older than all that come in. */
  private final long order;

  private final long bytes;
  private final long scrapedAtMillis;

  /** Whom to tell what the server says; kept while the body is on disk only. */
  private final long origin;

  private final long enqueuedAtMillis;
  private final long charge;
  private Stage stage = Stage.ARRIVED;
  private Body body;
  private @Nullable OutgoingProfile content;

  /** A hash of tenant and labels; 0 = its labels have not been read from the disk yet. */
  private long series;

  private long diskId = -1;
  private boolean calledBack;
  private boolean backlog;
  private boolean memoryOnly;
  private long notBeforeMillis;
  private int tries;
  private int failures;
  private long deliveriesAtFailure;

  public QueuedProfile(long order, OutgoingProfile content, long enqueuedAtMillis) {
    this.order = order;
    this.content = content;
    this.body = Body.MEMORY;
    this.series = content.series();
    this.origin = content.origin();
    this.bytes = content.body().length;
    this.charge = content.memoryBytes();
    this.scrapedAtMillis = content.scrapedAtMillis();
    this.enqueuedAtMillis = enqueuedAtMillis;
  }

  /** One that an earlier run left on disk. */
  QueuedProfile(DiskEntry entry, long nowMillis, long wallMillis) {
    this.order = entry.id();
    this.body = Body.DISK;
    this.origin = Verdicts.NOBODY;
    this.bytes = entry.bytes();
    this.charge = bytes + 2L * entry.headBytes();
    this.scrapedAtMillis = entry.scrapedAtMillis();
    this.enqueuedAtMillis = nowMillis - Math.max(0, wallMillis - entry.enqueuedAtMillis());
    this.diskId = entry.id();
    this.backlog = true;
  }

  // From stage to stage.

  /** The queue takes it; or the queue closes, and what was in flight waits for the next run. */
  void enter() {
    next(ready(), stage == Stage.ARRIVED || stage == Stage.IN_FLIGHT);
  }

  void take() {
    next(Stage.IN_FLIGHT, stage.ready());
    calledBack = false;
  }

  /** A try has failed. */
  void delay(long untilMillis) {
    next(Stage.DELAYED, stage == Stage.IN_FLIGHT);
    notBeforeMillis = untilMillis;
  }

  void stepAside() {
    next(Stage.ASIDE, stage.ready());
    calledBack = false;
  }

  /** Its back-off is over, or it has stepped aside for long enough. */
  void comeBack() {
    boolean aside = stage == Stage.ASIDE;
    next(ready(), aside || stage == Stage.DELAYED);
    calledBack = aside;
    notBeforeMillis = 0;
  }

  /** From now on it goes behind the fresh ones, wherever it waits. */
  void joinBacklog() {
    next(stage == Stage.FRESH ? Stage.BACKLOG : stage, stage.waits());
    backlog = true;
  }

  /** Delivered or dropped; its body leaves memory. */
  void settle() {
    next(Stage.SETTLED, stage.waits() || stage == Stage.IN_FLIGHT);
    calledBack = false;
    body = Body.GONE;
    content = null;
  }

  private Stage ready() {
    return backlog ? Stage.BACKLOG : Stage.FRESH;
  }

  private void next(Stage to, boolean legal) {
    if (!legal) {
      throw new IllegalStateException("bug: a profile is " + stage + " and cannot be " + to);
    }
    stage = to;
  }

  // From place to place; whoever is settled has no place.

  void write() {
    move(Body.WRITING, body == Body.MEMORY);
  }

  void written(long id) {
    move(Body.BOTH, body == Body.WRITING);
    diskId = id;
  }

  /** The disk has not taken it. */
  void notWritten() {
    move(Body.MEMORY, body == Body.WRITING);
  }

  void unload() {
    move(Body.DISK, body == Body.BOTH && stage.waits());
    content = null;
  }

  void read() {
    move(Body.READING, body == Body.DISK && stage == Stage.BACKLOG);
  }

  void loaded(OutgoingProfile read) {
    move(Body.AHEAD, body == Body.READING);
    content = read;
    series = read.series();
  }

  /** It counts as memory like any other from here on. */
  void land() {
    move(Body.BOTH, body == Body.AHEAD);
  }

  /**
   * The disk has lost it.
   *
   * @param toBound to a bound of the disk: another copy would fall to it next
   */
  void lostOnDisk(boolean toBound) {
    move(Body.MEMORY, body == Body.BOTH);
    memoryOnly = toBound;
    diskId = -1;
  }

  private void move(Body to, boolean legal) {
    if (!legal) {
      throw new IllegalStateException(
          "bug: the body of a profile is " + body + " and cannot be " + to + " (" + stage + ")");
    }
    body = to;
  }

  // What it is.

  Stage stage() {
    return stage;
  }

  Body body() {
    return body;
  }

  boolean settled() {
    return stage == Stage.SETTLED;
  }

  /** Its body is in memory. */
  boolean resident() {
    return content != null;
  }

  /** What is sent; only while its body is in memory, as it is in flight. */
  public OutgoingProfile content() {
    return Objects.requireNonNull(content);
  }

  /** Of the body. */
  public long bytes() {
    return bytes;
  }

  /** What it costs in memory, its labels included. */
  long charge() {
    return charge;
  }

  /** Unix milliseconds. */
  public long scrapedAtMillis() {
    return scrapedAtMillis;
  }

  /**
   * Monotonic milliseconds: a step of the wall clock makes nothing old. For one that an earlier run
   * left, by the wall clock's word at the start, and never in the future.
   */
  long enqueuedAtMillis() {
    return enqueuedAtMillis;
  }

  /** Monotonic milliseconds; where it is delayed. */
  long notBeforeMillis() {
    return notBeforeMillis;
  }

  public long origin() {
    return origin;
  }

  /** Its sender knows that it was taken; not known of what an earlier run has left. */
  boolean pushed() {
    return Verdicts.isPushed(origin);
  }

  public long series() {
    return series;
  }

  /** Where its body is on disk. */
  long diskId() {
    return diskId;
  }

  /** It stepped aside, was called back, and has not been taken since. */
  boolean calledBack() {
    return calledBack;
  }

  /** It goes behind the fresh ones, at a limited rate. */
  public boolean backlog() {
    return backlog;
  }

  /** Its copy fell to a bound of the disk; another one would fall next. */
  boolean memoryOnly() {
    return memoryOnly;
  }

  /** All failed tries. */
  public int failures() {
    return failures;
  }

  /** Failed tries that count against max_backoff_retries: made while other profiles passed. */
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

  @Override
  public int compareTo(QueuedProfile other) {
    return Long.compare(order, other.order);
  }
}
