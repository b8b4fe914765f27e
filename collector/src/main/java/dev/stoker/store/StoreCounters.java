package dev.stoker.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of one store since its start. Any thread. */
public final class StoreCounters {
  /** Why a profile is not in the store although it was offered, or could not be read back. */
  public enum Reason {
    /** appended before start or after stop */
    CLOSED,
    /** larger than a quarter of max_size */
    TOO_LARGE,
    /** the writer is too far behind */
    BACKLOG,
    /** the file system refused the write */
    DISK,
    /** a label set that cannot be stored */
    INVALID,
    /** torn or corrupt records of a segment, estimated from sizes */
    TORN,
    /** the body is no readable profile, or its checksum fails; counted at each query */
    BAD
  }

  private final AtomicLong stored = new AtomicLong();
  private final AtomicLong evicted = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Map<Reason, AtomicLong> counts = new EnumMap<>(Reason.class);

  public StoreCounters() {
    for (Reason reason : Reason.values()) {
      counts.put(reason, new AtomicLong());
    }
  }

  /** Profiles written. */
  public long stored() {
    return stored.get();
  }

  /** Profiles deleted for age or size. */
  public long evicted() {
    return evicted.get();
  }

  /** Bytes on disk now. */
  public long bytes() {
    return bytes.get();
  }

  public long count(Reason reason) {
    return counter(reason).get();
  }

  void add(Reason reason) {
    add(reason, 1);
  }

  void add(Reason reason, long profiles) {
    counter(reason).addAndGet(profiles);
  }

  void written() {
    stored.incrementAndGet();
  }

  void removed(long profiles) {
    evicted.addAndGet(profiles);
  }

  void size(long now) {
    bytes.set(now);
  }

  private AtomicLong counter(Reason reason) {
    AtomicLong counter = counts.get(reason);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + reason);
    }
    return counter;
  }
}
