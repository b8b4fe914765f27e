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
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private final FileChannel channel;
  private final boolean torn;
  private long size;

  private Segment(Path path, List<StoredRecord> records, FileChannel channel, boolean torn)
      throws IOException {
    this.path = path;
    this.records = records;
    this.channel = channel;
    this.torn = torn;
    this.size = channel.size();
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
      return new Segment(path, new ArrayList<>(), channel, false);
    } catch (IOException full) {
      channel.close();
      Files.deleteIfExists(path);
      throw full;
    }
  }

  static boolean isOurs(Path path) {
    if (number(path).isEmpty() || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (var in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(HEADER.length), HEADER);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Reads the heads of an existing segment up to the first that is torn or corrupt; it is not
   * written to again.
   *
   * @param share makes equal series the same object
   */
  static Segment open(Path path, UnaryOperator<Series> share) throws IOException {
    try (FileChannel in = PrivateFiles.open(path, StandardOpenOption.READ)) {
      List<StoredRecord> records = new ArrayList<>();
      long end = in.size();
      long at = HEADER.length;
      while (at < end) {
        StoredRecord next = record(in, path, at, share);
        if (next == null) {
          return new Segment(path, records, in, true);
        }
        records.add(next);
        at = next.offset() + next.length();
      }
      return new Segment(path, records, in, false);
    }
  }

  private static @org.jspecify.annotations.Nullable StoredRecord record(
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
    try (FileChannel in = PrivateFiles.open(record.segment(), StandardOpenOption.READ)) {
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
    return channel.isOpen();
  }

  boolean torn() {
    return torn;
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
    channel.close();
  }
}
