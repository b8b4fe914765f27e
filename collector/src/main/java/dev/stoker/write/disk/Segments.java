package dev.stoker.write.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one queue, oldest first: the room that they take, which of them go to make room,
 * and what was lost by that. The segment that is written to stays. Not thread-safe: the queue's
 * thread of files owns it.
 */
final class Segments {
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  /** Settled ones whose files could not be deleted yet. */
  private final List<Segment> undeleted = new ArrayList<>();

  private final List<Loss> losses = new ArrayList<>();
  private @Nullable Segment current;

  /** One that an earlier run has written, or the one that is written to from now on. */
  void add(Segment segment) {
    segments.put(segment.number(), segment);
  }

  /**
   * @param writing the one that is written to from now on; null = none
   */
  void current(@Nullable Segment writing) {
    current = writing;
  }

  /** The segment that holds a record; null when it is gone. */
  @Nullable Segment of(long id) {
    return segments.get(DiskEntry.segment(id));
  }

  /** Knows nothing any more; the files stay. */
  void forgetAll() {
    segments.clear();
  }

  /** What the files take of the bound of bytes. */
  long charge() {
    return segments.values().stream().mapToLong(Segment::charge).sum();
  }

  /** What they would not take any more if all went that may. */
  long evictable() {
    return charge() - (current == null ? 0 : current.charge());
  }

  /**
   * Drops the oldest records, one by one, until the bounds hold. Segments that are empty then go.
   *
   * @param mostBytes of records that are not settled
   * @param mostRecords that are not settled, one more included
   */
  void dropOldest(long mostBytes, long mostRecords) {
    long bytes = segments.values().stream().mapToLong(Segment::liveBytes).sum();
    long count = segments.values().stream().mapToLong(Segment::live).sum();
    Iterator<Segment> all = segments.values().iterator();
    while ((bytes > mostBytes || count >= mostRecords) && all.hasNext()) {
      Segment oldest = all.next();
      long before = oldest.liveBytes();
      int last = -1;
      while (oldest.live() > 0 && (bytes > mostBytes || count >= mostRecords)) {
        last = oldest.dropOldest();
        bytes += oldest.liveBytes() - before;
        before = oldest.liveBytes();
        count--;
      }
      if (last >= 0) {
        losses.add(new Loss(DiskEntry.id(oldest.number(), last), Loss.Reason.BYTES));
      }
      if (oldest.live() == 0 && oldest != current) {
        all.remove();
        delete(oldest);
      }
    }
  }

  /**
   * Deletes the oldest segment with all that is in it.
   *
   * @return false when only the segment that is written to is left
   */
  boolean evictOldest(Loss.Reason reason) {
    Segment oldest = segments.isEmpty() ? null : segments.firstEntry().getValue();
    if (oldest == null || oldest == current) {
      return false;
    }
    segments.remove(oldest.number());
    losses.add(Loss.segment(oldest.number(), reason));
    delete(oldest);
    return true;
  }

  void settle(long[] ids) {
    for (long id : ids) {
      Segment segment = of(id);
      if (segment != null) {
        segment.settle(DiskEntry.index(id));
      }
    }
  }

  /** Deletes what is settled as a whole, and notes beside the others what of them is settled. */
  void sweep() {
    for (Iterator<Segment> all = segments.values().iterator(); all.hasNext(); ) {
      Segment segment = all.next();
      if (segment.live() == 0 && segment != current) {
        all.remove();
        delete(segment);
      } else {
        try {
          segment.writeAcks();
        } catch (IOException later) {
          // It is kept, and tried again. At worst a profile is sent twice.
        }
      }
    }
  }

  /** Deletes the files of a settled segment, now or later. */
  void delete(Segment segment) {
    try {
      segment.delete();
    } catch (IOException readOnly) {
      undeleted.add(segment);
    }
  }

  /** Tries again to delete what could not be deleted before. */
  void deleteLeftOver() {
    for (Iterator<Segment> all = undeleted.iterator(); all.hasNext(); ) {
      try {
        all.next().delete();
        all.remove();
      } catch (IOException stillReadOnly) {
        break;
      }
    }
  }

  /**
   * Forgets segments whose files somebody has deleted.
   *
   * @return true when the one that is written to is among them
   */
  boolean forgetGone() {
    boolean currentIsGone = false;
    for (Iterator<Segment> all = segments.values().iterator(); all.hasNext(); ) {
      Segment segment = all.next();
      if (!segment.exists()) {
        all.remove();
        losses.add(Loss.segment(segment.number(), Loss.Reason.GONE));
        currentIsGone |= segment == current;
      }
    }
    return currentIsGone;
  }

  /** What was lost since the last call. */
  List<Loss> takeLosses() {
    List<Loss> taken = List.copyOf(losses);
    losses.clear();
    return taken;
  }

  /** Nothing is left to settle, and no file to look after. */
  boolean idle() {
    return segments.isEmpty() && undeleted.isEmpty();
  }
}
