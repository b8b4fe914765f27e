package dev.stoker.pprof.delta;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.ProfileWriter;
import dev.stoker.pprof.wire.SampleTypes;
import dev.stoker.pprof.wire.Workspace;

/**
 * Writes the samples of a delta: of one body, only the sample types that are kept, and of those
 * only the samples that are not all zero. For one body, on one thread.
 */
record DeltaSamples(
    ProfileIndex index, SampleTypes types, KeptTypes.Columns columns, Workspace workspace) {

  /**
   * Writes each stack's sums against the baseline.
   *
   * @param reset the target has restarted: all that it has counted is new
   * @return false = nothing was written
   */
  boolean subtracted(StackSums sums, LiveBaseline baseline, boolean reset)
      throws MalformedProfileException {
    ProfileWriter writer = workspace.writer();
    writer.begin(index, columns);
    int width = types.size();
    long[] values = new long[width];
    boolean any = false;
    for (int i = 0; i < index.sampleStart.size; i++) {
      int slot = sums.slot(i);
      if (!sums.isFirst(i, slot)) {
        continue;
      }
      boolean some = false;
      int n = 0;
      for (int type = 0; type < width; type++) {
        if (columns.keep()[type]) {
          long value = sums.value(slot, type);
          long delta = delta(value, slot, types.column()[type], baseline, reset);
          values[n++] = delta;
          some |= delta != 0;
        }
      }
      if (some) {
        writer.sample(i, values, n);
        any = true;
      }
    }
    return any;
  }

  private static long delta(
      long value, int slot, int column, LiveBaseline baseline, boolean reset) {
    if (column < 0) {
      return value;
    }
    if (!baseline.exists()) {
      return 0;
    }
    return Math.max(0, reset ? value : value - baseline.value(slot, column));
  }

  /**
   * Writes momentary values as they are, and 0 for cumulative ones.
   *
   * @return false = nothing was written
   */
  boolean momentary() throws MalformedProfileException {
    ProfileWriter writer = workspace.writer();
    writer.begin(index, columns);
    int width = types.size();
    long[] values = new long[width];
    boolean any = false;
    for (int i = 0; i < index.sampleStart.size && types.cumulative() < width; i++) {
      workspace.reader().read(index, i, width);
      boolean some = false;
      int n = 0;
      for (int type = 0; type < width; type++) {
        if (columns.keep()[type]) {
          long value = types.column()[type] < 0 ? workspace.reader().values()[type] : 0;
          values[n++] = value;
          some |= value != 0;
        }
      }
      if (some) {
        writer.sample(i, values, n);
        any = true;
      }
    }
    return any;
  }

  byte[] finish(long timeNanos, long durationNanos) throws MalformedProfileException {
    return workspace.writer().finish(timeNanos, durationNanos, workspace);
  }
}
