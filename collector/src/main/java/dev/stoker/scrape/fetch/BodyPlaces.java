package dev.stoker.scrape.fetch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The order in which bodies are served. A body that got no memory keeps its place for the next
 * scrape of its target, so that it comes first then. Owned by the control context.
 */
final class BodyPlaces {
  /** The oldest entries beyond this are of targets that are gone. */
  private static final int MAX_KEPT = 10_000;

  private final Map<String, Long> kept =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_KEPT;
        }
      };

  private long next;

  /** The place that was kept for the target, or one behind all others. */
  long take(String key) {
    Long place = kept.remove(key);
    return place == null ? next++ : place;
  }

  void keep(String key, long place) {
    kept.remove(key);
    kept.put(key, place);
  }
}
