package dev.stoker.jvm.profile;

import dev.stoker.jvm.stack.StackValues;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes one series of a recording as pprof, with those sample types that have any value. */
public final class SeriesWriter {
  private final Series series;
  private final long period;

  public SeriesWriter(Series series, long period) {
    this.series = series;
    this.period = period;
  }

  /** Gzipped; empty = there is nothing. */
  public byte[] write(Map<Measure, StackValues> values, long timeNanos, long durationNanos) {
    List<Series.Types> used =
        series.types.stream()
            .filter(types -> !values.getOrDefault(types.measure(), new StackValues()).isEmpty())
            .toList();
    if (used.isEmpty()) {
      return new byte[0];
    }
    List<ValueType> types = new ArrayList<>();
    used.forEach(each -> types.addAll(each.valueTypes()));
    PprofWriter writer =
        new PprofWriter(types, series.periodType, period, types.get(types.size() - 1).type());
    Locations locations = new Locations(writer);
    int column = 0;
    for (Series.Types each : used) {
      int from = column;
      int width = each.valueTypes().size();
      StackValues measured = java.util.Objects.requireNonNull(values.get(each.measure()));
      measured.forEach(
          (stack, value) -> {
            long[] row = new long[types.size()];
            if (!each.count().isEmpty()) {
              row[from] = value.count();
            }
            if (!each.sum().isEmpty()) {
              row[from + width - 1] = value.sum();
            }
            writer.sample(locations.of(stack), stack.labels(), row);
          });
      column += width;
    }
    return writer.finish(timeNanos, durationNanos);
  }
}
