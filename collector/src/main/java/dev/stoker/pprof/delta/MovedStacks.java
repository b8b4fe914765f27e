package dev.stoker.pprof.delta;

import dev.stoker.pprof.wire.Growable.Ints;
import dev.stoker.pprof.wire.Growable.Longs;
import java.util.Arrays;

/**
 * The change of the baseline that one body brings once its delta is accepted: only the stacks whose
 * values differ.
 *
 * @param generation of the body
 * @param totals by cumulative sample type
 * @param timeNanos Unix nanoseconds
 * @param stacks how many different ones the body has
 * @param slots of the stacks that moved
 * @param values a row for each of them: one for each cumulative sample type
 */
record MovedStacks(
    int generation,
    long[] totals,
    long buildId,
    long timeNanos,
    int stacks,
    int[] slots,
    long[] values) {

  /**
   * @param buildId of the body
   * @param timeNanos of the delta
   */
  static MovedStacks of(
      StackSums sums, LiveBaseline baseline, long[] totals, long buildId, long timeNanos) {
    Ints slots = new Ints();
    Longs values = new Longs();
    int[] column = sums.types().column();
    for (int i = 0; i < sums.samples(); i++) {
      int slot = sums.slot(i);
      if (sums.isFirst(i, slot) && differs(sums, slot, baseline)) {
        slots.add(slot);
        for (int type = 0; type < column.length; type++) {
          if (column[type] >= 0) {
            values.add(sums.value(slot, type));
          }
        }
      }
    }
    return new MovedStacks(
        baseline.generation(),
        totals,
        buildId,
        timeNanos,
        sums.stacks(),
        Arrays.copyOf(slots.at, slots.size),
        Arrays.copyOf(values.at, values.size));
  }

  private static boolean differs(StackSums sums, int slot, LiveBaseline baseline) {
    int[] column = sums.types().column();
    for (int type = 0; type < column.length; type++) {
      if (column[type] >= 0 && sums.value(slot, type) != baseline.value(slot, column[type])) {
        return true;
      }
    }
    return false;
  }
}
