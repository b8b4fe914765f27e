package dev.stoker.receive;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.check.BodyCheck;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides which pushed bodies deserve the full look, which inflates them: the first one of a
 * series, one of a very different size than the last, all that are not gzipped, and all of a series
 * that had to be corrected or has no times. The others get the cheap look. Owned by the control
 * context.
 */
final class Looks {
  private static final int MOST = 20_000;

  /**
   * What the last full look at a series has found.
   *
   * @param again the next body has to be looked at too
   */
  private record Seen(long size, boolean again) {}

  /** By a hash of the labels. */
  private final Map<Integer, Seen> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Seen> eldest) {
          return size() > MOST;
        }
      };

  boolean due(Labels series, byte[] body) {
    Seen last = seen.get(series.hashCode());
    if (last == null || last.again() || !Gzip.isGzip(body)) {
      return true;
    }
    long size = Gzip.claimedSize(body);
    return size > 2 * last.size() || size < last.size() / 2;
  }

  void passed(Labels series, byte[] body, BodyCheck.Checked checked) {
    boolean again = checked.timeNanos() <= 0 || !checked.mends().isEmpty();
    long size = Gzip.isGzip(body) ? Gzip.claimedSize(body) : body.length;
    seen.put(series.hashCode(), new Seen(size, again));
  }

  void failed(Labels series) {
    seen.remove(series.hashCode());
  }
}
