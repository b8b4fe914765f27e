package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what earlier runs left of a queue, oldest segment first, and changes nothing. What cannot
 * be read is counted: by the indices that are missing where good records follow, else estimated
 * from the size. A segment that is a copy of another one (its salt is the same) gives only what the
 * other one has not.
 */
final class Recovery {
  private static final int REMARKS = 20;

  /** Where nothing in a queue is readable. */
  private static final long TYPICAL_RECORD = 4096;

  /**
   * @param settled indices that are not to be sent
   * @param missing indices that are lost and were counted just now
   * @param copy some of the settled ones are in the segment that this one is a copy of, and not
   *     noted here
   */
  record Readable(
      Path path, SegmentScan.Result scan, BitSet settled, BitSet missing, boolean copy) {
    long number() {
      return Segment.number(path).orElseThrow();
    }
  }

  /**
   * @param settled records that are known to be settled and may be among these bytes
   */
  private record Unread(long bytes, long settled) {}

  private final DiskFiles files;
  private final BooleanSupplier cancelled;
  private final QueueFiles.Listing listing;
  private final Map<Long, BitSet> known = new HashMap<>();
  private final List<Path> corrupt = new ArrayList<>();
  private final List<Path> later = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<Unread> unread = new ArrayList<>();
  private long missing;
  private long records;
  private long recordBytes;
  private int places;
  private long torn;

  /**
   * @param cancelled asked now and then, from the thread that reads
   */
  Recovery(DiskFiles files, Path folder, BooleanSupplier cancelled) throws IOException {
    this.files = files;
    this.cancelled = cancelled;
    this.listing = QueueFiles.list(folder);
    listing.refused().forEach(this::remark);
  }

  /** Of all segments, readable or not. */
  long highestNumber() {
    return listing.highest();
  }

  /**
   * @throws CancellationException when it is cancelled; a part has been handed on then
   */
  void read(Consumer<Readable> each) {
    for (Path path : listing.segments()) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException();
      }
      SegmentScan.Result scan = scan(path);
      if (scan == null) {
        notReadable(path);
        continue;
      }
      BitSet copied = known.get(scan.salt());
      if (scan.nothingGood()) {
        corrupt.add(path);
        if (copied == null) {
          unread.add(new Unread(scan.tail(), 0));
        }
        continue;
      }
      Segment.Acks acks = acks(path, scan.salt());
      BitSet settled = acks.settled();
      BitSet missing = new BitSet();
      if (copied != null) {
        remark(path.getFileName() + " is a copy of another segment; what both hold counts once");
        settled.or(copied);
      } else {
        missing = count(scan, acks);
      }
      BitSet all = (BitSet) settled.clone();
      scan.records().forEach(found -> all.set(found.index()));
      known.put(scan.salt(), all);
      each.accept(new Readable(path, scan, settled, missing, copied != null));
    }
  }

  private SegmentScan.@Nullable Result scan(Path path) {
    try {
      return SegmentScan.read(files, path, cancelled);
    } catch (IOException unreadable) {
      return null;
    }
  }

  /** An unreadable list means to send again, and no reason not to open. */
  private Segment.Acks acks(Path path, long salt) {
    try {
      return Segment.readAcks(files, path, salt);
    } catch (IOException unreadable) {
      return Segment.Acks.none();
    }
  }

  /** Its header, or its blocks. */
  private void notReadable(Path path) {
    if (!Files.exists(path)) {
      return; // settled meanwhile: a daemon runs on it
    }
    if (SegmentScan.isLater(files, path)) {
      later.add(path);
      remark(path.getFileName() + " is of a later version of Stoker; it is kept for that one");
    } else {
      corrupt.add(path);
      unread.add(new Unread(SegmentScan.written(files, path), 0));
    }
  }

  /** Gives the indices that are missing and were not counted by an earlier run. */
  private BitSet count(SegmentScan.Result scan, Segment.Acks acks) {
    BitSet seen = new BitSet();
    for (SegmentScan.Found found : scan.records()) {
      seen.set(found.index());
      records++;
      recordBytes += RecordFormat.HEADER + found.length();
    }
    int next = seen.length();
    BitSet gone = new BitSet();
    gone.set(0, next);
    gone.andNot(seen);
    gone.andNot(acks.settled());
    gone.andNot(acks.lost());
    missing += gone.cardinality();
    places += gone.isEmpty() && !acks.lost().isEmpty() ? 0 : scan.damaged();
    torn += scan.size() - scan.end();
    if (scan.size() > scan.end()) {
      BitSet settled = acks.settled();
      unread.add(
          new Unread(
              scan.tail(), settled.get(next, Math.max(next, settled.length())).cardinality()));
    }
    return gone;
  }

  private void remark(String text) {
    if (remarks.size() < REMARKS) {
      remarks.add(text);
    }
  }

  List<Path> corrupt() {
    return corrupt;
  }

  List<Path> later() {
    return later;
  }

  Damage damage() {
    long typical = records == 0 ? TYPICAL_RECORD : recordBytes / records;
    long lost = missing;
    for (Unread some : unread) {
      long about = some.bytes() == 0 ? 0 : Math.max(1, Math.round((double) some.bytes() / typical));
      lost += Math.max(0, about - some.settled());
    }
    return new Damage(
        places, torn, corrupt.size(), new Damage.Lost(lost, lost * typical), List.copyOf(remarks));
  }
}
