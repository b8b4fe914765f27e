package dev.stoker.store;

import dev.stoker.files.PrivateFiles;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.store.StoredRecord.Series;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One append-only file of profiles; deleted whole. Written by the store's writer thread only. A
 * file counts as ours by its name and its first bytes: nothing else is ever opened for writing or
 * deleted.
 */
final class Segment implements AutoCloseable {
  static final byte[] HEADER = "STOKERS1".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern NAME = Pattern.compile("profiles-(\\d{1,18})\\.seg");

  private final Path path;
  private final List<StoredRecord> records;
  private final @Nullable FileChannel channel;
  private final long lost;
  private long size;

  private Segment(Path path, List<StoredRecord> records, long size, long lost) {
    this.path = path;
    this.records = records;
    this.channel = null;
    this.lost = lost;
    this.size = size;
  }

  private Segment(Path path, FileChannel channel) {
    this.path = path;
    this.records = new ArrayList<>();
    this.channel = channel;
    this.lost = 0;
    this.size = HEADER.length;
  }

  static OptionalLong number(Path file) {
    Path name = file.getFileName();
    Matcher matcher = NAME.matcher(name == null ? "" : name.toString());
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  static Segment create(Path folder, long number) throws IOException {
    Path path = folder.resolve(String.format(Locale.ROOT, "profiles-%012d.seg", number));
    FileChannel channel =
        PrivateFiles.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      writeAll(channel, ByteBuffer.wrap(HEADER));
      return new Segment(path, channel);
    } catch (IOException full) {
      channel.close();
      Files.deleteIfExists(path);
      throw full;
    }
  }

  /** Why a file that is named like a segment is none of ours; "" = it is. */
  static String notOurs(Path path) {
    if (Files.isSymbolicLink(path)) {
      return "it is a symbolic link, and those are not followed";
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "it is no regular file";
    }
    int last = HEADER.length - 1;
    try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      byte[] first = in.readNBytes(HEADER.length);
      if (Arrays.equals(first, HEADER)) {
        return "";
      }
      boolean later =
          first.length == HEADER.length
              && Arrays.equals(first, 0, last, HEADER, 0, last)
              && first[last] > HEADER[last];
      return later ? "a later version of Stoker wrote it" : "its first bytes are no segment's";
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  /**
   * Reads the heads of an existing segment; it is not written to again. Where one is torn or
   * corrupt, the next good one is looked for.
   *
   * @param share makes equal series the same object
   */
  static Segment open(Path path, UnaryOperator<Series> share) throws IOException {
    try (FileChannel in =
        PrivateFiles.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      SegmentSearch search = new SegmentSearch(in, at -> record(in, path, at, share));
      List<StoredRecord> records = search.records();
      return new Segment(path, records, search.end(), search.lost());
    }
  }

  private static @Nullable StoredRecord record(
      FileChannel in, Path path, long at, UnaryOperator<Series> share) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(StoredRecord.PREFIX);
    if (!readAll(in, prefix, at) || prefix.getInt() != StoredRecord.MAGIC) {
      return null;
    }
    int headLength = prefix.getInt();
    int bodyLength = prefix.getInt();
    int headCrc = prefix.getInt();
    if (headLength < 0 || headLength > StoredRecord.MAX_HEAD || bodyLength < 0) {
      return null;
    }
    ByteBuffer head = ByteBuffer.allocate(headLength);
    long body = at + StoredRecord.PREFIX + headLength;
    if (!readAll(in, head, at + StoredRecord.PREFIX)
        || StoredRecord.crc(head.array()) != headCrc
        || body + bodyLength > in.size()) {
      return null;
    }
    DataInputStream fields = new DataInputStream(new ByteArrayInputStream(head.array()));
    long atMillis = fields.readLong();
    Series series = share.apply(series(StoredRecord.readLabels(fields)));
    return new StoredRecord(series, atMillis, path, body, bodyLength, prefix.getInt());
  }

  static Series series(Labels labels) {
    String service = labels.get(LabelNames.SERVICE_NAME);
    return new Series(
        service.isEmpty() ? "unknown_service" : service, labels.get(LabelNames.NAME), labels);
  }

  /** Bytes that a record of these parts takes. */
  static long recordSize(byte[] head, byte[] body) {
    return (long) StoredRecord.PREFIX + head.length + body.length;
  }

  /** All or nothing: after a failure the file is as long as before. */
  void append(Series series, long atMillis, byte[] head, byte[] body) throws IOException {
    FileChannel channel = Objects.requireNonNull(this.channel);
    try {
      ByteBuffer prefix = StoredRecord.prefix(head, body);
      int crc = prefix.getInt(16);
      writeAll(channel, prefix);
      writeAll(channel, ByteBuffer.wrap(head));
      writeAll(channel, ByteBuffer.wrap(body));
      long start = size + StoredRecord.PREFIX + head.length;
      records.add(new StoredRecord(series, atMillis, path, start, body.length, crc));
      size += recordSize(head, body);
    } catch (IOException full) {
      channel.truncate(size);
      throw full;
    }
  }

  static byte[] read(StoredRecord record) throws IOException {
    try (FileChannel in =
        PrivateFiles.open(record.segment(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer body = ByteBuffer.allocate(record.length());
      if (!readAll(in, body, record.offset())) {
        throw new IOException("segment is shorter than its index");
      }
      if (StoredRecord.crc(body.array()) != record.crc()) {
        throw new IOException("checksum of a stored profile does not match");
      }
      return body.array();
    }
  }

  private static boolean readAll(FileChannel in, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int n = in.read(into, at);
      if (n < 0) {
        return false;
      }
      at += n;
    }
    into.flip();
    return true;
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  Path path() {
    return path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  /** False after a failed truncate or close. */
  boolean writable() {
    return channel != null && channel.isOpen();
  }

  /** Profiles that were there and cannot be read, about. */
  long lost() {
    return lost;
  }

  /** It begins with the same profile, so it is a copy. */
  boolean sameAs(Segment other) {
    return !records.isEmpty()
        && !other.records.isEmpty()
        && records.get(0).sameAs(other.records.get(0));
  }

  long size() {
    return size;
  }

  List<StoredRecord> records() {
    return records;
  }

  long newestMillis() {
    return records.stream().mapToLong(StoredRecord::atMillis).max().orElse(Long.MIN_VALUE);
  }

  long oldestMillis() {
    return records.stream().mapToLong(StoredRecord::atMillis).min().orElse(Long.MAX_VALUE);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
