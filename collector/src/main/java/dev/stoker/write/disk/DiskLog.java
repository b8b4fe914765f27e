package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's queue on disk: segments, oldest first, of which only the newest is written to, and
 * only by the run that began it. Not thread-safe: the thread of files owns it, and its methods
 * block. Bodies are not kept; what is not settled is known by its place. {@link Segments} decides
 * what goes to make room.
 *
 * <p>Nothing is deleted but what is settled, what a bound evicts (the oldest first, one by one for
 * the bound of bytes and by whole segments for free space, reported by {@link #takeLosses}), and a
 * torn tail. An unreadable segment is renamed to <code>*.corrupt</code>, one of a later version to
 * <code>*.later</code>; both are left alone, and the second is taken back by a build that knows it.
 */
public final class DiskLog {
  static final long MAX_SEGMENT = 16L << 20;
  private static final long MIN_SEGMENT = 4L << 10;
  private static final int SEGMENTS = 16;

  private static final int BUFFER = 256 << 10;

  /** A segment that is settled but for this much is not worth a new file. */
  private static final long KEEP_CURRENT = 1L << 20;

  private final QueueHome home;
  private final Path folder;
  private final DiskFiles files;
  private final Segments segments = new Segments();
  private final SplittableRandom salts = new SplittableRandom(System.nanoTime() ^ hashCode());
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private DiskBounds bounds;
  private @Nullable SegmentWriter writer;
  private long nextNumber = 1;
  private long lastGood = RecordFormat.SEGMENT_HEADER;
  private boolean dirty;
  private long syncedAtMillis;
  private volatile boolean cancelled;

  /**
   * @param entries all that is not settled, oldest first
   */
  public record Recovered(List<DiskEntry> entries, Damage damage) {}

  public DiskLog(QueueHome home, DiskBounds bounds, DiskFiles files) {
    this.home = home;
    this.folder = home.folder();
    this.bounds = bounds;
    this.files = files;
  }

  /** The new bounds hold from the next write on. */
  public void bounds(DiskBounds next) {
    bounds = next;
  }

  /** Reads what earlier runs left. The folder need not exist. */
  public Recovered open() throws IOException {
    home.ensure();
    QueueFiles.takeBack(files, folder);
    Recovery recovery = new Recovery(files, folder, () -> cancelled);
    nextNumber = recovery.highestNumber() + 1;
    List<DiskEntry> entries = new ArrayList<>();
    try {
      recovery.read(found -> open(found, entries));
    } catch (CancellationException stopped) {
      segments.forgetAll();
      return new Recovered(List.of(), Damage.NONE);
    }
    recovery.corrupt().forEach(path -> QueueFiles.moveAside(path, QueueFiles.CORRUPT));
    recovery.later().forEach(path -> QueueFiles.moveAside(path, QueueFiles.LATER));
    return new Recovered(entries, recovery.damage());
  }

  /**
   * Any thread: {@link #open}, where it runs or has not run yet, gives nothing and leaves all for
   * the next start. What is appended is stored all the same.
   */
  public void cancelOpen() {
    cancelled = true;
  }

  private void open(Recovery.Readable found, List<DiskEntry> entries) {
    SegmentScan.Result scan = found.scan();
    Segment segment = new Segment(files, found.path(), found.number(), scan.salt());
    for (SegmentScan.Found record : scan.records()) {
      segment.add(record.index(), record.offset(), RecordFormat.HEADER + record.length());
      if (found.settled().get(record.index())) {
        if (found.copy()) {
          segment.settle(record.index());
        } else {
          segment.settledBefore(record.index());
        }
      } else {
        entries.add(record.entry(found.number()));
      }
    }
    if (segment.live() == 0) {
      segments.delete(segment);
      return;
    }
    segment.lost(found.missing());
    segments.add(segment);
    if (scan.end() < scan.size()) {
      cutTail(found.path(), scan.end());
    }
  }

  private void cutTail(Path path, long end) {
    try (FileChannel out = files.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      out.truncate(end);
    } catch (IOException readOnly) {
      // The tail stays, and is passed over again at the next start.
    }
  }

  /**
   * Appends as much as can be stored.
   *
   * @param ids one for each profile; -1 = it is not stored
   * @param problem why not all are, or null
   */
  public record Appended(long[] ids, @Nullable String problem) {}

  /** Room is made before; what is stored survives the death of the process. */
  public Appended append(List<StoredProfile> batch) {
    long[] ids = new long[batch.size()];
    long[] ends = new long[batch.size()];
    Arrays.fill(ids, -1);
    String problem = null;
    try {
      for (int at = 0; at < batch.size(); at++) {
        StoredProfile profile = batch.get(at);
        byte[] head = RecordFormat.head(profile);
        long length = (long) RecordFormat.HEADER + head.length + profile.body().length;
        if (bounds.bytes() > 0 && Segment.charge(length) > bounds.bytes()) {
          problem = "a profile of " + length + " bytes is larger than queue.disk";
          continue;
        }
        if (needsNewSegment(length)) {
          finishBatch();
          roll(length);
        }
        makeRoom(length);
        SegmentWriter out = writer();
        int index = out.segment().count();
        long offset = out.put(profile, head);
        out.segment().add(index, offset, length);
        ids[at] = DiskEntry.id(out.segment().number(), index);
        ends[at] = out.size();
      }
      finishBatch();
    } catch (IOException failed) {
      problem = QueueFiles.reason(failed);
      undo(ids, ends);
    }
    return new Appended(ids, problem);
  }

  private SegmentWriter writer() throws IOException {
    SegmentWriter out = writer;
    if (out == null) {
      throw new IOException("no segment is open");
    }
    return out;
  }

  /** What did not reach the file is not there; the file is cut behind what did. */
  private void undo(long[] ids, long[] ends) {
    SegmentWriter out = writer;
    if (out == null) {
      return;
    }
    long whole = lastGood;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] >= 0 && DiskEntry.segment(ids[i]) == out.segment().number()) {
        if (ends[i] > out.written()) {
          out.segment().settle(DiskEntry.index(ids[i]));
          ids[i] = -1;
        } else {
          whole = Math.max(whole, ends[i]);
        }
      }
    }
    out.cut(whole);
    closeWriter();
  }

  private void finishBatch() throws IOException {
    SegmentWriter out = writer;
    if (out != null) {
      out.flush();
      lastGood = out.size();
      dirty = true;
      if (bounds.fsync().always()) {
        out.force();
        dirty = false;
      }
    }
  }

  private boolean needsNewSegment(long length) {
    SegmentWriter out = writer;
    return out == null
        || out.broken()
        || out.segment().count() >= DiskEntry.MAX_INDEX - 1
        || (out.segment().count() > 0 && out.size() + length > segmentSize());
  }

  private long segmentSize() {
    return bounds.bytes() == 0
        ? MAX_SEGMENT
        : Math.max(MIN_SEGMENT, Math.min(MAX_SEGMENT, bounds.bytes() / SEGMENTS));
  }

  private void roll(long length) throws IOException {
    closeWriter();
    makeRoom(length);
    home.ensure();
    Path path = Segment.path(folder, nextNumber);
    Segment segment = new Segment(files, path, nextNumber, salts.nextLong());
    nextNumber++;
    writer = SegmentWriter.create(files, path, segment, buffer);
    lastGood = RecordFormat.SEGMENT_HEADER;
    segments.add(segment);
    segments.current(segment);
    if (!bounds.fsync().never()) {
      QueueFiles.syncFolder(files, folder);
    }
  }

  /** Evicts the oldest until the bounds hold with so many bytes more. */
  private void makeRoom(long length) throws IOException {
    // So far ahead of the bound that the oldest segment is empty when its room is needed.
    long most =
        bounds.bytes() == 0
            ? Long.MAX_VALUE
            : bounds.bytes() - segmentSize() - Segment.charge(length);
    segments.dropOldest(most, bounds.records());
    while (bounds.bytes() > 0 && segments.charge() + Segment.charge(length) > bounds.bytes()) {
      if (!segments.evictOldest(Loss.Reason.BYTES)) {
        break; // the segment that is written to is all there is
      }
    }
    if (bounds.minFree() > 0) {
      makeSpace(length);
    }
  }

  /** Nothing is thrown away in vain: only if that leaves enough space. */
  private void makeSpace(long length) throws IOException {
    long free = files.usableSpace(folder);
    while (free - length < bounds.minFree()) {
      if (free + segments.evictable() - length < bounds.minFree()
          || !segments.evictOldest(Loss.Reason.SPACE)) {
        throw new IOException(
            "only " + (free >> 20) + " MiB are free, and min_free_disk is to stay free");
      }
      free = files.usableSpace(folder);
    }
  }

  /** Settled for good: delivered, rejected, expired. Unknown ids are ignored. */
  public void settle(long[] ids) {
    segments.settle(ids);
    sweep(KEEP_CURRENT);
  }

  /**
   * @param keepCurrent bytes up to which a segment that is settled is written to further
   */
  private void sweep(long keepCurrent) {
    SegmentWriter out = writer;
    if (out != null && out.segment().live() == 0 && out.size() > keepCurrent) {
      closeWriter();
    }
    segments.sweep();
  }

  /**
   * @throws IOException when the record is gone or damaged; it will never be readable
   */
  public StoredProfile read(long id) throws IOException {
    Segment segment = segments.of(id);
    if (segment == null) {
      throw new IOException("its segment is gone");
    }
    try {
      return segment.read(DiskEntry.index(id), buffer);
    } finally {
      // It is the writer's too: what is left in it would go into the file before the next record.
      buffer.clear();
    }
  }

  /**
   * Housekeeping, about once a second: forces to disk when it is time, notes files that somebody
   * deleted, tries again what could not be deleted or noted before.
   *
   * @param nowMillis monotonic
   */
  public void tick(long nowMillis) throws IOException {
    forgetGone();
    segments.deleteLeftOver();
    sweep(0);
    Fsync fsync = bounds.fsync();
    if (dirty && !fsync.never() && nowMillis - syncedAtMillis >= fsync.everyMillis()) {
      syncedAtMillis = nowMillis;
      sync();
    }
  }

  /** Forgets deleted files: an unlinked file can be written to without any error. */
  public void forgetGone() {
    if (segments.forgetGone()) {
      closeWriter();
    }
  }

  private void sync() throws IOException {
    SegmentWriter out = writer;
    if (out != null && dirty) {
      out.force();
    }
    dirty = false;
  }

  /** What is gone since the last call, with what was not settled in it. */
  public List<Loss> takeLosses() {
    return segments.takeLosses();
  }

  /** Nothing is left to settle, and no file to look after. */
  public boolean idle() {
    return segments.idle();
  }

  private void closeWriter() {
    SegmentWriter out = writer;
    writer = null;
    segments.current(null);
    if (out != null) {
      try {
        try {
          if (dirty && !bounds.fsync().never()) {
            out.force();
            dirty = false;
          }
        } finally {
          out.close();
        }
      } catch (IOException failed) {
        // What is in the file stays there; the rest was reported as not stored.
      }
    }
  }

  /** Forces what is written to the disk, whatever fsync says, and deletes what is settled. */
  public void close() {
    dirty = writer != null;
    try {
      sync();
    } catch (IOException failed) {
      // The records are in the cache of the file system.
    }
    closeWriter();
    sweep(0);
    home.deleteIfEmpty();
  }
}
