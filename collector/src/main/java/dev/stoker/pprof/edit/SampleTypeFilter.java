package dev.stoker.pprof.edit;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.ProfileWriter;
import dev.stoker.pprof.wire.SampleReader;
import dev.stoker.pprof.wire.SampleTypes;
import dev.stoker.pprof.wire.Workspace;

/**
 * Removes sample types from a profile, over the raw protobuf. Samples that are all zero then go
 * too, and with them everything that only they referred to. Pure; a workspace belongs to one
 * thread.
 */
public final class SampleTypeFilter {
  /**
   * @param body gzipped pprof; null = no sample has a value of the kept types
   * @param timeNanos what the profile says; 0 = nothing
   */
  public record Filtered(byte @org.jspecify.annotations.Nullable [] body, long timeNanos) {}

  /**
   * @throws MalformedProfileException it is no profile, or lacks a kept type
   */
  public static Filtered apply(
      byte[] body, long maxInflated, KeptTypes kept, Times times, Workspace workspace)
      throws MalformedProfileException {
    BodyCheck.quick(body, maxInflated);
    ProfileIndex index = workspace.index(body, maxInflated);
    SampleTypes types = SampleTypes.read(index, java.util.Set.of());
    KeptTypes.Columns columns = kept.in(types);
    workspace.hasher().prepare();
    ProfileWriter writer = workspace.writer();
    writer.begin(index, columns);
    long[] values = new long[columns.count()];
    boolean any = false;
    for (int i = 0; i < index.sampleStart.size; i++) {
      SampleReader reader = workspace.reader();
      reader.read(index, i, types.size());
      if (pick(reader.values(), columns, values)) {
        writer.sample(i, values, values.length);
        any = true;
      }
    }
    boolean usable = index.timeNanos > 0 && index.timeNanos != times.used();
    long time = usable ? index.timeNanos : times.fallback();
    return new Filtered(any ? writer.finish(time, index.durationNanos, workspace) : null, time);
  }

  /**
   * @param used time of the profile before this one: Pyroscope counts equal labels and time once
   * @param fallback Unix nanoseconds, for a body without a time, or with the used one
   */
  public record Times(long used, long fallback) {}

  private static boolean pick(long[] all, KeptTypes.Columns columns, long[] picked) {
    boolean any = false;
    int n = 0;
    for (int type = 0; type < columns.keep().length; type++) {
      if (columns.keep()[type]) {
        picked[n++] = all[type];
        any |= all[type] != 0;
      }
    }
    return any;
  }

  private SampleTypeFilter() {}
}
