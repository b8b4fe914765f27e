package dev.stoker.write.pyroscope;

import dev.stoker.pprof.edit.LabelMender.Limits;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one server has refused of labels inside profiles. For a day, then it is asked again: it may
 * have been replaced by one that takes more. The control context owns it.
 */
final class LabelMemory {
  static final long MILLIS = 24 * 3_600_000L;

  private record Learned(LabelComplaint complaint, long untilMillis) {}

  private final Map<LabelComplaint.Kind, Learned> learned =
      new EnumMap<>(LabelComplaint.Kind.class);

  /**
   * @return true = it is news
   */
  boolean learn(LabelComplaint complaint, long nowMillis) {
    Learned before = learned.put(complaint.kind(), new Learned(complaint, nowMillis + MILLIS));
    return before == null || before.untilMillis() <= nowMillis;
  }

  Limits limits(long nowMillis) {
    Limits limits = Limits.NONE;
    for (Learned known : learned.values()) {
      limits = known.untilMillis() > nowMillis ? known.complaint().added(limits) : limits;
    }
    return limits;
  }
}
