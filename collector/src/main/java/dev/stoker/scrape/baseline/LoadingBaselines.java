package dev.stoker.scrape.baseline;

import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.delta.SavedBaseline;

/**
 * The memory of baselines while they are read from their file: one lease for all, which is then
 * divided among them. The reading thread calls {@link #fits}; the control context, once reading has
 * ended, the rest.
 */
final class LoadingBaselines {
  private final BaselineBudget budget;
  private final BaselineBudget.Lease all;
  private long bytes;

  LoadingBaselines(BaselineBudget budget) {
    this.budget = budget;
    this.all = budget.lease();
  }

  /** True = there is memory for it, which it holds from now on. */
  boolean fits(SavedBaseline saved) {
    long wanted = bytes + saved.baseline().bytes();
    if (!all.resize(wanted)) {
      return false;
    }
    bytes = wanted;
    return true;
  }

  /** Moves a baseline's share of the common lease to a lease of its own. */
  BaselineBudget.Lease lease(SavedBaseline saved) {
    bytes -= saved.baseline().bytes();
    all.resize(bytes);
    BaselineBudget.Lease own = budget.lease();
    own.resize(saved.baseline().bytes());
    return own;
  }

  void close() {
    all.close();
  }
}
