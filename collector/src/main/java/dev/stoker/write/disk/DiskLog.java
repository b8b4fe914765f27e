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
  private final OpenSegment newest;
  private long nextNumber = 1;
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
    this.newest = new OpenSegment(files, segments, buffer);
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
        if (!newest.hasRoomFor(length, segmentSize())) {
          newest.flush(bounds.fsync());
          roll(length);
        }
        makeRoom(length);
        SegmentWriter out = newest.writer();
        int index = out.segment().count();
        long offset = out.put(profile, head);
        out.segment().add(index, offset, length);
        ids[at] = DiskEntry.id(out.segment().number(), index);
        ends[at] = out.size();
      }
      newest.flush(bounds.fsync());
    } catch (IOException failed) {
      problem = QueueFiles.reason(failed);
      newest.undo(ids, ends, bounds.fsync());
    }
    return new Appended(ids, problem);
  }

  private long segmentSize() {
    return bounds.bytes() == 0
        ? MAX_SEGMENT
        : Math.max(MIN_SEGMENT, Math.min(MAX_SEGMENT, bounds.bytes() / SEGMENTS));
  }

  private void roll(long length) throws IOException {
    newest.close(bounds.fsync());
    makeRoom(length);
    home.ensure();
    Path path = Segment.path(folder, nextNumber);
    Segment segment = new Segment(files, path, nextNumber, salts.nextLong());
    nextNumber++;
    newest.begin(path, segment);
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
    if (newest.isSettledBeyond(keepCurrent)) {
      newest.close(bounds.fsync());
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
    if (newest.isDirty() && !fsync.never() && nowMillis - syncedAtMillis >= fsync.everyMillis()) {
      syncedAtMillis = nowMillis;
      newest.sync();
    }
  }

  /** Forgets deleted files: an unlinked file can be written to without any error. */
  public void forgetGone() {
    if (segments.forgetGone()) {
      newest.close(bounds.fsync());
    }
  }

  /** What is gone since the last call, with what was not settled in it. */
  public List<Loss> takeLosses() {
    return segments.takeLosses();
  }

  /** What the files take of the bound of bytes, with what is settled in them. */
  public long charge() {
    return segments.charge();
  }

  /** Nothing is left to settle, and no file to look after. */
  public boolean idle() {
    return segments.idle();
  }

  /** Forces what is written to the disk, whatever fsync says, and deletes what is settled. */
  public void close() {
    newest.forceAndClose(bounds.fsync());
    sweep(0);
    home.deleteIfEmpty();
  }
}
