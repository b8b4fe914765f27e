package dev.stoker.pprof.delta;

import java.util.HashSet;
import java.util.Set;

/**
 * Bounds the bytes of all baselines together. When one does not fit, the largest of all has to give
 * way if it is much larger: a huge profile costs itself, not the many small ones. It does so at its
 * next scrape; when that does not come, since its target is down, the next largest is asked too.
 * Thread-safe with a lock, since baselines grow on the threads of the CPU pool and end on the
 * control context.
 */
public final class BaselineBudget {
  /** Refusals, and as many as there are baselines, until another one is asked. */
  static final int PATIENCE = 16;

  private final long capacity;
  private final Set<Lease> leases = new HashSet<>();
  private volatile long used;

  /** Leases that were asked to give way and whose targets have not been scraped since then. */
  private final Set<Lease> asked = new HashSet<>();

  private int refusalsSinceAsked;

  public BaselineBudget(long capacity) {
    this.capacity = capacity;
  }

  public long capacity() {
    return capacity;
  }

  public long used() {
    return used;
  }

  /** Opens a lease for one baseline; it holds nothing yet. */
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
    if (more < 0 && asked.contains(lease)) {
      asked.clear(); // what it gave back may be enough
    }
    return true;
  }

  /** One at a time, unless those that were asked do not answer. */
  private void askLargest(long wanted) {
    // By then each baseline was most likely scraped once, those of long intervals excepted.
    if (!asked.isEmpty() && ++refusalsSinceAsked < PATIENCE + leases.size()) {
      return;
    }
    Lease largest = null;
    for (Lease lease : leases) {
      if (!asked.contains(lease) && (largest == null || lease.bytes > largest.bytes)) {
        largest = lease;
      }
    }
    if (largest != null && largest.bytes / 2 > wanted) {
      asked.add(largest);
      refusalsSinceAsked = 0;
    }
  }

  private synchronized boolean mustGiveWay(Lease lease) {
    return asked.contains(lease);
  }

  /** The memory of one baseline. */
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
