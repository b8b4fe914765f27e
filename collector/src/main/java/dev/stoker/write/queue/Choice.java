package dev.stoker.write.queue;

import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says which profile of a queue is sent next: the oldest fresh one, else the oldest of the backlog
 * whose body is in memory. It orders bodies of the backlog to be read ahead of their turn, and lets
 * profiles step aside; whoever asks takes the profile. It has no state of its own. The control
 * context owns it.
 */
final class Choice {
  private final Lanes lanes;
  private final MemoryBodies memory;
  private final DiskSpill disk;

  Choice(Lanes lanes, MemoryBodies memory, DiskSpill disk) {
    this.lanes = lanes;
    this.memory = memory;
    this.disk = disk;
  }

  /**
   * @param backlog whether the backlog's pace allows one
   * @param aside true for those that have to step aside
   * @return null when there is none, or its body has to come from the disk first
   */
  @Nullable QueuedProfile next(boolean backlog, Predicate<QueuedProfile> aside) {
    QueuedProfile next = lanes.firstFresh();
    while (next != null && aside.test(next)) {
      lanes.stepAside(next);
      next = lanes.firstFresh();
    }
    if (next == null && backlog) {
      disk.readAhead().filter(aside).toList().forEach(this::stepAside);
      next = fromBacklog(profile -> 0, aside);
    }
    return next;
  }

  /**
   * Of all that wait, whatever for, the one with the lowest rank.
   *
   * @param enough a fresh profile of this rank or a lower one is good enough
   */
  @Nullable QueuedProfile lowest(ToLongFunction<QueuedProfile> rank, long enough) {
    if (lanes.ready() == 0) {
      lanes.releaseOne();
    }
    QueuedProfile next = lanes.lowestFresh(rank);
    if (next == null || rank.applyAsLong(next) > enough) {
      QueuedProfile old = fromBacklog(rank, profile -> false);
      next = old != null && (next == null || before(old, next, rank)) ? old : next;
    }
    return next;
  }

  /** A profile of the backlog gives its room in memory to others. */
  private void stepAside(QueuedProfile profile) {
    lanes.stepAside(profile);
    disk.land(profile);
    if (profile.body() == Body.BOTH) {
      memory.unload(profile);
    }
  }

  private static boolean before(
      QueuedProfile one, QueuedProfile other, ToLongFunction<QueuedProfile> rank) {
    return rank.applyAsLong(one) < rank.applyAsLong(other);
  }

  /** The first of the lowest rank, of those whose bodies are here; orders reads ahead of it. */
  private @Nullable QueuedProfile fromBacklog(
      ToLongFunction<QueuedProfile> rank, Predicate<QueuedProfile> aside) {
    QueuedProfile first = null;
    for (QueuedProfile profile = lanes.firstOfBacklog();
        profile != null;
        profile = lanes.nextOfBacklog(profile)) {
      boolean reading = profile.body() == Body.READING;
      if (!reading && aside.test(profile)) {
        stepAside(profile);
      } else if (profile.resident()) {
        first = first == null || before(profile, first, rank) ? profile : first;
      } else if (!reading && !disk.read(profile)) {
        break;
      }
      if (first != null && disk.enoughAhead()) {
        break;
      }
    }
    // What came back from its back-off may stand before all that was read, and has no room itself.
    return first == null ? disk.firstAhead(rank) : first;
  }
}
