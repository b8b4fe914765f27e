package dev.stoker.scrape.baseline;

import dev.stoker.pprof.delta.SavedBaseline;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Baselines of loops that have ended, until the next loop of their series takes them. What is in
 * here holds its memory; what leaves without being taken gives it back. Owned by the control
 * context.
 */
final class WaitingBaselines {
  /** The waiting baselines by series, the oldest first. */
  private final Map<String, Baselines.Left> left = new LinkedHashMap<>();

  void put(String series, Baselines.Left one) {
    Baselines.Left before = left.put(series, one);
    if (before != null) {
      // Two loops of one URL and type, which differ in their timings.
      before.memory().close();
    }
  }

  /**
   * Removes a baseline, which then belongs to the caller together with its memory; null = there is
   * none.
   */
  Baselines.@Nullable Left take(String series) {
    return left.remove(series);
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  int size() {
    return left.size();
  }

  List<SavedBaseline> saved() {
    return left.values().stream().map(Baselines.Left::saved).toList();
  }

  /**
   * Drops the oldest until there is room.
   *
   * @return the series of what was dropped
   */
  List<String> dropUntil(BooleanSupplier room) {
    List<String> dropped = new ArrayList<>();
    Iterator<Baselines.Left> oldest = left.values().iterator();
    while (!room.getAsBoolean() && oldest.hasNext()) {
      Baselines.Left gone = oldest.next();
      oldest.remove();
      gone.memory().close();
      dropped.add(gone.saved().series());
    }
    return dropped;
  }

  /**
   * Drops those that have waited since before the given monotonic time.
   *
   * @return the series of what was dropped
   */
  List<String> dropOlder(long millis) {
    List<String> dropped = new ArrayList<>();
    Iterator<Baselines.Left> each = left.values().iterator();
    while (each.hasNext()) {
      Baselines.Left one = each.next();
      if (one.atMillis() < millis) {
        each.remove();
        one.memory().close();
        dropped.add(one.saved().series());
      }
    }
    return dropped;
  }
}
