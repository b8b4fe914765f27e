package dev.stoker.pprof.delta;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Encodes a {@link SavedBaseline} as bytes, version 1: varints and 8-byte little-endian hashes, and
 * at the end a CRC32C of everything before it. Damaged bytes are refused, not guessed at: checksum,
 * bounds and sums must hold. Pure.
 */
public final class BaselineCodec {
  private static final int VERSION = 1;
  private static final int MAX_TYPES = 64;

  public static byte[] encode(SavedBaseline saved) {
    DeltaBaseline baseline = saved.baseline();
    ByteSink out = new ByteSink();
    out.varint(VERSION);
    text(saved.series(), out);
    text(saved.process(), out);
    out.varint(baseline.layout().size());
    baseline.layout().forEach(name -> text(name, out));
    out.varint(baseline.columns());
    out.fixed64(baseline.buildId());
    out.fixed64(baseline.timeNanos());
    for (long total : baseline.totals()) {
      out.varint(total);
    }
    stacks(baseline, out);
    CRC32C crc = new CRC32C();
    crc.update(out.bytes, 0, out.size);
    out.fixed64(crc.getValue());
    return Arrays.copyOf(out.bytes, out.size);
  }

  private static void text(String text, ByteSink out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.varint(utf8.length);
    out.copy(utf8, 0, utf8.length);
  }

  private static void stacks(DeltaBaseline baseline, ByteSink out) {
    StackTable table = baseline.table();
    out.varint(baseline.stacks());
    for (int slot = 0; slot < table.capacity(); slot++) {
      if (table.holds(slot, baseline.since()) && !table.isZero(slot)) {
        out.fixed64(table.key(slot));
        for (int column = 0; column < baseline.columns(); column++) {
          out.varint(table.value(slot, column));
        }
      }
    }
  }

  /**
   * @throws MalformedProfileException with what does not hold
   */
  public static SavedBaseline decode(byte[] bytes) throws MalformedProfileException {
    int end = bytes.length - Long.BYTES;
    check(end > 0, "it is too short");
    Cursor in = new Cursor();
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    in.over(bytes, end, bytes.length);
    check(in.fixed64() == crc.getValue(), "its checksum does not hold");
    in.over(bytes, 0, end);
    check(in.varint() == VERSION, "it is of another version");
    String series = text(in, bytes, end);
    String process = text(in, bytes, end);
    DeltaBaseline baseline = baseline(in, bytes, end);
    check(in.atEnd(), "it goes on after its end");
    return new SavedBaseline(series, process, baseline);
  }

  private static DeltaBaseline baseline(Cursor in, byte[] bytes, int end)
      throws MalformedProfileException {
    int types = (int) bounded(in.varint(), MAX_TYPES);
    List<String> layout = new ArrayList<>(types);
    for (int i = 0; i < types; i++) {
      layout.add(text(in, bytes, end));
    }
    int columns = (int) bounded(in.varint(), types);
    long buildId = in.fixed64();
    long timeNanos = in.fixed64();
    long[] totals = new long[columns];
    for (int column = 0; column < columns; column++) {
      totals[column] = in.varint();
    }
    StackTable table = table(in, columns, end);
    DeltaBaseline baseline =
        new DeltaBaseline(List.copyOf(layout), columns, buildId, timeNanos, table, 1, 1);
    check(Arrays.equals(totals, baseline.totals()), "its sums do not hold");
    return baseline;
  }

  private static String text(Cursor in, byte[] bytes, int end) throws MalformedProfileException {
    int length = (int) bounded(in.varint(), end - in.position());
    String text = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
    in.advance(length);
    return text;
  }

  private static StackTable table(Cursor in, int columns, int end)
      throws MalformedProfileException {
    long left = end - in.position();
    int stacks = (int) bounded(in.varint(), left / (Long.BYTES + columns));
    StackTable table = new StackTable(columns, stacks);
    for (int i = 0; i < stacks; i++) {
      long key = in.fixed64();
      check(key != 0, "a stack has no hash");
      int slot = table.slot(key);
      check(slot >= 0 && table.seen(slot) == 0, "a stack is there twice");
      table.mark(slot, 1);
      for (int column = 0; column < columns; column++) {
        table.set(slot, column, in.varint());
      }
    }
    return table;
  }

  private static long bounded(long value, long max) throws MalformedProfileException {
    check(value >= 0 && value <= max, "a size is beyond its end");
    return value;
  }

  private static void check(boolean holds, String otherwise) throws MalformedProfileException {
    if (!holds) {
      throw new MalformedProfileException("no valid baseline: " + otherwise);
    }
  }

  private BaselineCodec() {}
}
