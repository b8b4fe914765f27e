package dev.stoker.pprof.flame;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a pprof body into stacks and values without an object per message: samples and strings stay
 * offsets into the inflated bytes. Pure; memory is bounded by a small multiple of the inflated
 * size. Field numbers: profile.proto of google/pprof.
 *
 * <p>Tolerant where a flame graph can still be drawn (a missing function, a short value list,
 * unknown fields), strict where bytes are no protobuf.
 */
public final class PprofReader {
  static final int MAX_SAMPLES = 1_000_000;
  private static final int MAX_ENTRIES = 2_000_000;
  private static final int MAX_SAMPLE_TYPES = 64;
  private static final int TOP = 20;

  private PprofReader() {}

  /**
   * @param body gzipped or plain; read only while this runs
   * @param maxInflated bytes allowed after gunzip
   * @throws MalformedProfileException no pprof, truncated, or past a bound
   */
  public static PprofReaderProfile read(byte[] body, long maxInflated)
      throws MalformedProfileException {
    byte[] plain = Gzip.isGzip(body) ? Gzip.inflate(body, maxInflated) : body;
    if (plain.length > maxInflated) {
      throw new MalformedProfileException(
          "profile is larger than " + maxInflated + " bytes; raise max_inflated_size");
    }
    PprofReaderTables tables = new PprofReaderTables(plain);
    try {
      fields(plain, tables);
    } catch (IOException corrupt) {
      throw new MalformedProfileException(
          "body is no pprof protobuf, or it is cut off; is the path a pprof endpoint?");
    }
    return tables.finish();
  }

  /** What one body holds, for people: types, size, the functions with the most of one type. */
  public static Summary summary(byte[] body, long maxInflated) throws MalformedProfileException {
    PprofReaderProfile profile = read(body, maxInflated);
    int shown = profile.defaultSampleType();
    FlameTree tree = new FlameTree(1);
    tree.add(profile, shown);
    return new Summary(
        profile.sampleTypes(),
        profile.samples(),
        profile.sampleTypes().get(shown),
        tree.total(),
        tree.top(TOP),
        profile.timeNanos(),
        profile.durationNanos());
  }

  private static void fields(byte[] plain, PprofReaderTables tables)
      throws IOException, MalformedProfileException {
    CodedInputStream in = CodedInputStream.newInstance(plain);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          int length = length(in, plain);
          int start = in.getTotalBytesRead();
          tables.message(field, start, length);
          in.skipRawBytes(length);
        }
        case WireFormat.WIRETYPE_VARINT -> tables.number(field, in.readRawVarint64());
        default -> skip(in, tag);
      }
    }
  }

  static int length(CodedInputStream in, byte[] plain) throws IOException {
    int length = in.readRawVarint32();
    if (length < 0 || length > plain.length - in.getTotalBytesRead()) {
      throw new IOException("a field runs past the end");
    }
    return length;
  }

  /** Groups are refused: pprof has none, and skipping them recurses. */
  static void skip(CodedInputStream in, int tag) throws IOException {
    int wire = WireFormat.getTagWireType(tag);
    if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
      throw new IOException("a group where pprof has none");
    }
    in.skipField(tag);
  }

  static void checkCount(int count, String what) throws MalformedProfileException {
    int limit =
        switch (what) {
          case "samples" -> MAX_SAMPLES;
          case "sample types" -> MAX_SAMPLE_TYPES;
          default -> MAX_ENTRIES;
        };
    if (count >= limit) {
      throw new MalformedProfileException("profile has more than " + limit + " " + what);
    }
  }

  /** Growing pairs of ints: offset and length of messages. */
  static final class Spans {
    private int[] pairs = new int[64];
    private int count;

    void add(int offset, int length) {
      if (pairs.length == 2 * count) {
        pairs = Arrays.copyOf(pairs, pairs.length * 2);
      }
      pairs[2 * count] = offset;
      pairs[2 * count + 1] = length;
      count++;
    }

    int count() {
      return count;
    }

    int offset(int i) {
      return pairs[2 * i];
    }

    int length(int i) {
      return pairs[2 * i + 1];
    }
  }

  /**
   * What a value means, such as cpu in nanoseconds.
   *
   * @param type "" when the profile does not say
   */
  public record ValueType(String type, String unit) {}

  /** A record of one body for <code>stoker scrape</code>. */
  public record Summary(
      List<ValueType> sampleTypes,
      int samples,
      ValueType shown,
      long total,
      List<FlameTree.Top> top,
      long timeNanos,
      long durationNanos) {}
}
