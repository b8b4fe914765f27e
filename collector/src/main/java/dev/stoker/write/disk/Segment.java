package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of records and, beside it, one of the indices that are settled or lost. Records are
 * settled in any order; when all are, both files may go.
 */
final class Segment {
  private static final Pattern NAME = Pattern.compile("(\\d{12})\\.seg");
  private static final int ACK = 8;

  /**
   * With this bit an entry says that the record is lost and was counted as such, see {@link #lost}.
   * Builds that do not know it pass the entry over.
   */
  private static final int LOST = 1 << 30;

  /** So that ids stay below those of profiles in memory. */
  static final long MAX_NUMBER = (1L << 38) - 1;

  private final DiskFiles files;
  private final Path path;
  private final long number;
  private final long salt;
  private final BitSet settled = new BitSet();
  private final List<Integer> unwritten = new ArrayList<>();
  private long[] offsets = new long[16];
  private int[] lengths = new int[16];
  private int count;
  private int live;
  private long liveBytes;
  private int oldest;
  private long charge = RecordFormat.SEGMENT_HEADER;

  Segment(DiskFiles files, Path path, long number, long salt) {
    this.files = files;
    this.path = path;
    this.number = number;
    this.salt = salt;
    Arrays.fill(offsets, -1);
  }

  static OptionalLong number(Path file) {
    Path name = file.getFileName();
    Matcher matcher = NAME.matcher(name == null ? "" : name.toString());
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  static Path path(Path folder, long number) {
    return folder.resolve(String.format(Locale.ROOT, "%012d.seg", number));
  }

  static Path acks(Path segment) {
    return segment.resolveSibling(segment.getFileName().toString().replace(".seg", ".ack"));
  }

  /**
   * What the file beside a segment says of its indices.
   *
   * @param lost counted by an earlier run; a copy of the segment may have them still
   */
  record Acks(BitSet settled, BitSet lost) {
    static Acks none() {
      return new Acks(new BitSet(), new BitSet());
    }

    private void add(int entry) {
      int index = entry & ~LOST;
      if (index >= 0 && index < DiskEntry.MAX_INDEX) {
        (index == entry ? settled : lost).set(index);
      }
    }
  }

  /** Damaged entries say nothing. */
  static Acks readAcks(DiskFiles files, Path segment, long salt) throws IOException {
    Acks read = Acks.none();
    Path acks = acks(segment);
    if (!Files.isRegularFile(acks, LinkOption.NOFOLLOW_LINKS)) {
      return read;
    }
    try (FileChannel in = files.open(acks, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer chunk = ByteBuffer.allocate(ACK * 1024);
      for (long at = 0; at + ACK <= in.size(); at += chunk.capacity()) {
        SegmentScan.readFully(in, chunk.clear(), at);
        chunk.flip();
        while (chunk.remaining() >= ACK) {
          read.add(RecordFormat.ack(salt, chunk));
        }
      }
    }
    return read;
  }

  void add(int index, long offset, long bytes) {
    if (index >= offsets.length) {
      int length = offsets.length;
      offsets = Arrays.copyOf(offsets, Math.max(index + 1, 2 * length));
      Arrays.fill(offsets, length, offsets.length, -1);
      lengths = Arrays.copyOf(lengths, offsets.length);
    }
    offsets[index] = offset;
    lengths[index] = (int) charge(bytes);
    count = Math.max(count, index + 1);
    live++;
    liveBytes += charge(bytes);
    charge += charge(bytes);
  }

  /** A record and the entry that settles it. */
  static long charge(long recordBytes) {
    return recordBytes + ACK;
  }

  /** An earlier run has settled the record: that is noted already. */
  void settledBefore(int index) {
    settle(index);
    unwritten.clear();
  }

  /** Damage took these records, and they are counted. The next run does not count them again. */
  void lost(BitSet indices) {
    indices.stream().forEach(index -> unwritten.add(index | LOST));
  }

  /** The record is not to be sent any more. Unknown indices are ignored. */
  void settle(int index) {
    if (index < count && offsets[index] >= 0 && !settled.get(index)) {
      settled.set(index);
      live--;
      liveBytes -= lengths[index];
      unwritten.add(index);
    }
  }

  /**
   * Settles the oldest record that is not.
   *
   * @return its index, or -1 when all are settled
   */
  int dropOldest() {
    if (live == 0) {
      return -1;
    }
    while (offsets[oldest] < 0 || settled.get(oldest)) {
      oldest++;
    }
    settle(oldest);
    return oldest;
  }

  /**
   * Notes in the second file what is settled. What cannot be written stays for the next time; where
   * it is lost, profiles are sent again.
   */
  void writeAcks() throws IOException {
    if (unwritten.isEmpty()) {
      return;
    }
    try (FileChannel out =
        files.open(
            acks(path),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer bytes = ByteBuffer.allocate(ACK * unwritten.size());
      unwritten.forEach(index -> bytes.put(RecordFormat.ack(salt, index)));
      bytes.flip();
      long at = out.size() / ACK * ACK; // over a torn entry
      while (bytes.hasRemaining()) {
        at += out.write(bytes, at);
      }
      unwritten.clear();
    }
  }

  /**
   * @param chunk for copying, so that no buffer as large as a body is ever needed outside the heap
   * @throws IOException when it is gone, or its bytes are not those that were written
   */
  StoredProfile read(int index, ByteBuffer chunk) throws IOException {
    if (index >= count || offsets[index] < 0) {
      throw new IOException("no such record");
    }
    try (FileChannel in = files.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer start = ByteBuffer.allocate(RecordFormat.HEADER);
      SegmentScan.readFully(in, start, offsets[index]);
      RecordFormat.Header header = RecordFormat.header(salt, start.flip());
      long at = offsets[index] + RecordFormat.HEADER;
      if (header == null || header.index() != index || at + header.length() > in.size()) {
        throw new IOException("a record's header is damaged");
      }
      byte[] payload = new byte[header.length()];
      for (int done = 0; done < payload.length; ) {
        chunk.clear().limit(Math.min(chunk.capacity(), payload.length - done));
        if (!SegmentScan.readFully(in, chunk, at + done)) {
          throw new IOException("a record is cut off");
        }
        int n = chunk.flip().remaining();
        chunk.get(payload, done, n);
        done += n;
      }
      if (RecordFormat.crc(payload, 0, payload.length) != header.crc()) {
        throw new IOException("a record's checksum does not fit");
      }
      return RecordFormat.decode(payload);
    }
  }

  boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
    Files.deleteIfExists(acks(path));
  }

  Path path() {
    return path;
  }

  long number() {
    return number;
  }

  long salt() {
    return salt;
  }

  int count() {
    return count;
  }

  int live() {
    return live;
  }

  /** Of what is not settled. */
  long liveBytes() {
    return liveBytes;
  }

  /** What its files take of the queue's bound of bytes. */
  long charge() {
    return charge;
  }
}
