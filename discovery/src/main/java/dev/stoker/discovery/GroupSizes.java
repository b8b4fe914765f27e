package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds what the labels of one source take of the heap, whatever kind of source it is: a small
 * document may give thousands of labels to each of thousands of targets. Control context only.
 */
final class GroupSizes {
  /** What the labels of one source may take; 200,000 targets of 10 labels do. */
  static final long MOST = 96L << 20;

  private static final long PER_TARGET = 64;
  private static final long PER_LABEL = 24;

  /** Short values count with their label; many targets share them. */
  private static final int SHORT = 256;

  private final long most;
  private final Map<String, Long> taken = new HashMap<>();
  private final Map<String, Integer> leftOut = new HashMap<>();
  private long all;

  GroupSizes(long most) {
    this.most = most;
  }

  /** Counts a group in place of the former one of its source, if it fits. */
  boolean fits(TargetGroup group) {
    long before = taken.getOrDefault(group.source(), 0L);
    long now = bytes(group);
    if (now > before && all - before + now > most) {
      leftOut.put(group.source(), group.targets().size());
      return false;
    }
    leftOut.remove(group.source());
    all += now - before;
    if (now == 0) {
      taken.remove(group.source());
    } else {
      taken.put(group.source(), now);
    }
    return true;
  }

  /** What to tell the user; "" = all fits. */
  String leftOut() {
    if (leftOut.isEmpty()) {
      return "";
    }
    return leftOut.size()
        + " groups with "
        + leftOut.values().stream().mapToLong(count -> count).sum()
        + " targets are left out, because the labels of all targets of this source would take more"
        + " than "
        + (most >> 20)
        + " MiB; give the targets fewer or shorter labels, or split the source";
  }

  private static long bytes(TargetGroup group) {
    long[] bytes = {0};
    for (Labels target : group.targets()) {
      bytes[0] += bytes(1, target.size());
      target.forEach((name, value) -> bytes[0] += value.length() > SHORT ? value.length() : 0);
    }
    for (TargetTransform.Drop drop : group.dropped()) {
      bytes[0] += bytes(1, drop.target().size()) + drop.detail().length();
    }
    return bytes[0];
  }

  /** What so many targets with so many short labels each take. */
  static long bytes(long targets, long labels) {
    return targets * (PER_TARGET + labels * PER_LABEL);
  }
}
