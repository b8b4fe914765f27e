package dev.stoker.pprof.delta;

import java.util.List;

/**
 * The values that a {@link DeltaComputer} subtracts: those of the last accepted cumulative profile
 * of one target. A computer that ends hands it to one that goes on; it has one owner at a time.
 *
 * @param layout type and unit of all sample types, in order
 * @param columns how many of them are cumulative
 * @param buildId hash of the program's build id; 0 = none
 * @param timeNanos of the last delta, Unix nanoseconds
 * @param since the table's stacks that were seen in this generation or later are the baseline
 * @param generation the last one in the table
 */
public record DeltaBaseline(
    List<String> layout,
    int columns,
    long buildId,
    long timeNanos,
    StackTable table,
    int since,
    int generation) {

  /** Bytes of heap that the baseline takes. */
  public long bytes() {
    return table.bytes();
  }

  /** Sums of the cumulative sample types. */
  long[] totals() {
    long[] totals = new long[columns];
    for (int slot = 0; slot < table.capacity(); slot++) {
      for (int column = 0; column < columns && table.holds(slot, since); column++) {
        totals[column] += table.value(slot, column);
      }
    }
    return totals;
  }

  /** Stacks with a value; one without any is as good as unknown. */
  int stacks() {
    int stacks = 0;
    for (int slot = 0; slot < table.capacity(); slot++) {
      if (table.holds(slot, since) && !table.isZero(slot)) {
        stacks++;
      }
    }
    return stacks;
  }
}
