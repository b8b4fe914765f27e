package dev.stoker.profile.relabel;

import dev.stoker.labels.Labels;
import dev.stoker.relabel.Relabeled;
import dev.stoker.relabel.Relabeler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Remembers what became of a label set, least recently used out first: a loop sends the same one
 * every interval. Metrics read the counts from other threads.
 */
final class OutcomeCache {
  private final Relabeler relabeler;
  private final Map<Labels, Relabeled> outcomes;
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong misses = new AtomicLong();
  private volatile int size;

  OutcomeCache(Relabeler relabeler, int maxSize) {
    this.relabeler = relabeler;
    this.outcomes =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Labels, Relabeled> eldest) {
            return size() > maxSize;
          }
        };
  }

  Relabeled of(Labels labels) {
    Relabeled known = outcomes.get(labels);
    if (known != null) {
      hits.incrementAndGet();
      return known;
    }
    misses.incrementAndGet();
    Relabeled outcome = relabeler.apply(labels);
    outcomes.put(labels, outcome);
    size = outcomes.size();
    return outcome;
  }

  long hits() {
    return hits.get();
  }

  long misses() {
    return misses.get();
  }

  int size() {
    return size;
  }
}
