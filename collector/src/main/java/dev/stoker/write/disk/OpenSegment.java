package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The segment that is written to, if there is one: what of it is in the file and on the disk for
 * good, and what becomes of it when a write fails.
 */
final class OpenSegment {
  private final DiskFiles files;
  private final Segments segments;
  private final ByteBuffer buffer;
  private @Nullable SegmentWriter writer;

  /** The end of the last batch that is whole in the file. */
  private long lastGood = RecordFormat.SEGMENT_HEADER;

  /** Something was written that was not forced to the disk. */
  private boolean dirty;

  /**
   * @param segments are told which one is open
   * @param buffer of the log, in use while one of its methods runs
   */
  OpenSegment(DiskFiles files, Segments segments, ByteBuffer buffer) {
    this.files = files;
    this.segments = segments;
    this.buffer = buffer;
  }

  /** Makes the file; the one before was closed. */
  void begin(Path path, Segment segment) throws IOException {
    writer = SegmentWriter.create(files, path, segment, buffer);
    lastGood = RecordFormat.SEGMENT_HEADER;
    segments.add(segment);
    segments.current(segment);
  }

  /**
   * @throws IOException none is open
   */
  SegmentWriter writer() throws IOException {
    SegmentWriter out = writer;
    if (out == null) {
      throw new IOException("no segment is open");
    }
    return out;
  }

  /**
   * Whether a record goes into it; an empty one takes any.
   *
   * @param most bytes of a segment
   */
  boolean hasRoomFor(long length, long most) {
    SegmentWriter out = writer;
    return out != null
        && !out.broken()
        && out.segment().count() < DiskEntry.MAX_INDEX - 1
        && (out.segment().count() == 0 || out.size() + length <= most);
  }

  /** The batch is whole: it survives the death of the process from here on. */
  void flush(Fsync fsync) throws IOException {
    SegmentWriter out = writer;
    if (out != null) {
      out.flush();
      lastGood = out.size();
      dirty = true;
      if (fsync.always()) {
        out.force();
        dirty = false;
      }
    }
  }

  /**
   * What did not reach the file is not there; the file is cut behind what did, and closed.
   *
   * @param ids of the batch; those that are not there become -1
   * @param ends of their records in the file
   */
  void undo(long[] ids, long[] ends, Fsync fsync) {
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
    close(fsync);
  }

  /**
   * Whether all in it is settled, and it is larger than what is worth writing on to.
   *
   * @param keep bytes
   */
  boolean isSettledBeyond(long keep) {
    SegmentWriter out = writer;
    return out != null && out.segment().live() == 0 && out.size() > keep;
  }

  boolean isDirty() {
    return dirty;
  }

  /** Forces it to the disk. */
  void sync() throws IOException {
    SegmentWriter out = writer;
    if (out != null && dirty) {
      out.force();
    }
    dirty = false;
  }

  /** Nothing is written to it any more. */
  void close(Fsync fsync) {
    SegmentWriter out = writer;
    writer = null;
    segments.current(null);
    if (out != null) {
      try {
        try {
          if (dirty && !fsync.never()) {
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

  /** Forces it to the disk, whatever fsync says, and closes it. */
  void forceAndClose(Fsync fsync) {
    dirty = writer != null;
    try {
      sync();
    } catch (IOException failed) {
      // The records are in the cache of the file system.
    }
    close(fsync);
  }
}
