package dev.stoker.store;

import dev.stoker.pprof.flame.FlameTree;
import java.util.List;

/**
 * A merged series.
 *
 * @param divisor what values must be divided by: 1 for amounts, the profiles per series for levels
 * @param totals of equal stretches of the range, undivided
 */
public record FlameGraph(
    FlameTree.Node root, List<FlameTree.Top> top, double divisor, Source source, long[] totals) {
  /**
   * @param profiles merged
   * @param skipped could not be read, or lack the sample type
   * @param truncated the range held more than one query may merge; the newest were taken
   */
  public record Source(int profiles, int skipped, boolean truncated) {}
}
