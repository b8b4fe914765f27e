package dev.stoker.pprof;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes of all baselines together. When one does not fit, the largest of all has to give
 * way if it is much larger: a huge profile costs itself, not the many small ones. Thread-safe with
 * a lock, since baselines grow on the threads of the CPU pool and end on the control context.
 */
public final class BaselineBudget {
  private final long capacity;
  private final Set<Lease> leases = new HashSet<>();
  private volatile long used;
  private @Nullable Lease givesWay;

  public BaselineBudget(long capacity) {
    this.capacity = capacity;
  }

  /** Where nothing else takes memory. */
  static BaselineBudget unbounded() {
    return new BaselineBudget(Long.MAX_VALUE / 2);
  }

  public long capacity() {
    return capacity;
  }

  public long used() {
    return used;
  }

  /** For one baseline; it holds nothing yet. */
  public Lease lease() {
    return new Lease();
  }

  private synchronized boolean resize(Lease lease, long bytes) {
    long more = bytes - lease.bytes;
    if (more > 0 && used + more > capacity) {
      askLargest(bytes);
      return false;
    }
    used += more;
    lease.bytes = bytes;
    if (bytes > 0) {
      leases.add(lease);
    } else {
      leases.remove(lease);
    }
    if (lease == givesWay && more < 0) {
      givesWay = null;
    }
    return true;
  }

  /** One at a time: what it gives back may be enough. */
  private void askLargest(long wanted) {
    if (givesWay != null) {
      return;
    }
    Lease largest = null;
    for (Lease lease : leases) {
      if (largest == null || lease.bytes > largest.bytes) {
        largest = lease;
      }
    }
    if (largest != null && largest.bytes / 2 > wanted) {
      givesWay = largest;
    }
  }

  private synchronized boolean mustGiveWay(Lease lease) {
    return lease == givesWay;
  }

  /** What one baseline holds. */
  public final class Lease {
    private long bytes;

    private Lease() {}

    /**
     * Holds so many bytes from now on.
     *
     * @return false = there is no room; it holds what it held
     */
    public boolean resize(long to) {
      return BaselineBudget.this.resize(this, to);
    }

    /** Others need what it holds, and it is the largest. */
    boolean mustGiveWay() {
      return BaselineBudget.this.mustGiveWay(this);
    }

    /** Gives all back. Idempotent. */
    public void close() {
      resize(0);
    }
  }
}
