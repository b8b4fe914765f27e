package dev.stoker.write.queue;

import dev.stoker.write.disk.Loss;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The profiles of a queue that are on disk, in flight or not, by their ids, with what they cost.
 * The control context owns it.
 */
final class SpilledProfiles {
  private final TreeMap<Long, QueuedProfile> byId = new TreeMap<>();
  private long bytes;
  private int pushed;

  /** A view, in the order of ids. */
  Map<Long, QueuedProfile> byId() {
    return byId;
  }

  /** Costs of all of them, in bytes. */
  long bytes() {
    return bytes;
  }

  int size() {
    return byId.size();
  }

  /** Some were pushed: others must not push them out. */
  boolean holdPushed() {
    return pushed > 0;
  }

  void put(QueuedProfile profile) {
    byId.put(profile.diskId(), profile);
    bytes += profile.charge();
    pushed += profile.pushed() ? 1 : 0;
  }

  /** Returns false when it is not on disk. */
  boolean remove(QueuedProfile profile) {
    if (byId.remove(profile.diskId()) == null) {
      return false;
    }
    forget(profile);
    return true;
  }

  /** Returns those whose ids the disk has lost; they are here no longer. */
  List<QueuedProfile> removeAll(Loss loss) {
    Map<Long, QueuedProfile> range = byId.subMap(loss.firstId(), true, loss.lastId(), true);
    List<QueuedProfile> gone = List.copyOf(range.values());
    range.clear();
    gone.forEach(this::forget);
    return gone;
  }

  private void forget(QueuedProfile profile) {
    bytes -= profile.charge();
    pushed -= profile.pushed() ? 1 : 0;
  }
}
