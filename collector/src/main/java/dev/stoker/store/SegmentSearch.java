package dev.stoker.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of a segment that may be damaged. Its work is bounded: no more of a file is
 * searched than a segment can have, and no more places are tried than a few thousand.
 */
final class SegmentSearch {
  private static final int WINDOW = 64 << 10;
  private static final int TRIES = 4_096;

  /** Where a segment has no good record at all. */
  private static final long TYPICAL_RECORD = 4_096;

  /** Null = at that place is no good record. */
  interface Reader {
    @Nullable StoredRecord at(long offset) throws IOException;
  }

  private final FileChannel in;
  private final Reader reader;
  private final List<StoredRecord> records = new ArrayList<>();
  private final long limit;
  private final long fileSize;
  private long unread;
  private long good;
  private long gaps;
  private long end = Segment.HEADER.length;
  private int tries;

  SegmentSearch(FileChannel in, Reader reader) throws IOException {
    this.in = in;
    this.reader = reader;
    this.fileSize = in.size();
    this.limit = Math.min(fileSize, SegmentLog.MAX_SEGMENT);
    run();
  }

  private void run() throws IOException {
    long at = end;
    while (at < fileSize) {
      StoredRecord next = reader.at(at);
      if (next == null) {
        at = nextMagic(at + 1);
      } else {
        if (at > end) {
          gap(at - end);
        }
        records.add(next);
        end = next.offset() + next.length();
        good += end - at;
        at = end;
      }
    }
    if (fileSize > end) {
      gap(Math.max(1, Math.min(fileSize, limit) - end));
    }
  }

  private void gap(long bytes) {
    gaps++;
    unread += bytes;
  }

  /** Where the next record could begin; the end of the file when nowhere. */
  private long nextMagic(long from) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW);
    for (long at = from; at < limit && tries < TRIES; at += WINDOW - Integer.BYTES + 1) {
      int read = in.read(window.clear(), at);
      window.flip();
      for (int i = 0; i + Integer.BYTES <= read; i++) {
        if (window.getInt(i) == StoredRecord.MAGIC) {
          tries++;
          return at + i;
        }
      }
    }
    return fileSize;
  }

  /** Oldest first. */
  List<StoredRecord> records() {
    return records;
  }

  /** Of the last good record. */
  long end() {
    return end;
  }

  /** Profiles that were there, about: one for each gap at least. */
  long lost() {
    long typical = records.isEmpty() ? TYPICAL_RECORD : good / records.size();
    return Math.max(gaps, Math.round((double) unread / Math.max(1, typical)));
  }
}
