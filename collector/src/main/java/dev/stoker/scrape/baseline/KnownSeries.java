package dev.stoker.scrape.baseline;

import dev.stoker.scrape.baseline.BaselineFiles.KeyChange;
import dev.stoker.scrape.target.StableHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which series ever had a baseline, and which of them have lost it. A series that has lost its
 * baseline has a gap; a series that never had one is a new target. Series are known by their hashes
 * alone. Owned by the control context.
 */
final class KnownSeries {
  private final Set<Long> recorded = new HashSet<>();

  /** Since when, in monotonic milliseconds. */
  private final Map<Long, Long> lost = new HashMap<>();

  private final Consumer<KeyChange> journal;

  /**
   * @param journal keeps changes for the next process
   */
  KnownSeries(Consumer<KeyChange> journal) {
    this.journal = journal;
  }

  /**
   * Takes over the series that the previous process knew. Each counts as lost until its baseline is
   * found.
   */
  void loaded(Collection<Long> keys, long nowMillis) {
    recorded.addAll(keys);
    keys.forEach(key -> lost.put(key, nowMillis));
  }

  /** The baseline of the process before was read. */
  void found(String series) {
    lost.remove(key(series));
  }

  int lostCount() {
    return lost.size();
  }

  boolean isLost(String series) {
    return lost.containsKey(key(series));
  }

  /** A loop of the series has a baseline of its own now. */
  void has(String series) {
    long key = key(series);
    lost.remove(key);
    if (recorded.add(key)) {
      journal.accept(new KeyChange(key, true));
    }
  }

  /** The series' baseline was dropped. */
  void loses(String series, long nowMillis) {
    lost.put(key(series), nowMillis);
  }

  /** A loop of the series has ended without a baseline. */
  void endsWithout(String series, long nowMillis) {
    long key = key(series);
    if (recorded.contains(key)) {
      lost.putIfAbsent(key, nowMillis);
    }
  }

  /**
   * Forgets series that nobody scrapes any more: they come back as new ones.
   *
   * @param dropped series whose baselines have waited for too long
   * @param millis monotonic; those that are lost since before then are forgotten, too
   */
  void forget(List<String> dropped, long millis) {
    List<Long> gone = new ArrayList<>();
    dropped.forEach(series -> gone.add(key(series)));
    lost.entrySet().removeIf(one -> one.getValue() < millis && gone.add(one.getKey()));
    for (Long key : gone) {
      recorded.remove(key);
      journal.accept(new KeyChange(key, false));
    }
  }

  /** Forgets a series that comes back as a new one. */
  void forget(String series) {
    lost.remove(key(series));
    forget(List.of(series), Long.MIN_VALUE);
  }

  /** Stable across processes. */
  static long key(String series) {
    return StableHash.of(series);
  }
}
