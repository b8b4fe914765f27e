package dev.stoker.pprof.flame;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.flame.PprofReader.Spans;
import dev.stoker.pprof.flame.PprofReader.ValueType;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A read profile: its head, and its stacks on demand. Not thread-safe; holds the plain bytes. */
public final class PprofReaderProfile {
  /** Deeper stacks are cut at the leaf end; also what keeps one hostile stack cheap. */
  public static final int MAX_DEPTH = 400;

  private static final String[] UNKNOWN = {"[unknown]"};

  private final Meta meta;
  private final byte[] plain;
  private final Spans samples;
  private final Map<Long, String[]> frames;
  private long[] ids = new long[128];
  private int idCount;

  record Meta(
      List<ValueType> sampleTypes,
      ValueType periodType,
      int defaultSampleType,
      long timeNanos,
      long durationNanos) {}

  PprofReaderProfile(Meta meta, byte[] plain, Spans samples, Map<Long, String[]> frames) {
    this.meta = meta;
    this.plain = plain;
    this.samples = samples;
    this.frames = frames;
  }

  /** At least one. */
  public List<ValueType> sampleTypes() {
    return meta.sampleTypes();
  }

  public ValueType periodType() {
    return meta.periodType();
  }

  /** Index of the type that tools show first: the profile's own choice, else the last. */
  public int defaultSampleType() {
    return meta.defaultSampleType();
  }

  /** Unix nanoseconds; 0 = the profile does not say. */
  public long timeNanos() {
    return meta.timeNanos();
  }

  public long durationNanos() {
    return meta.durationNanos();
  }

  public int samples() {
    return samples.count();
  }

  /** One stack. */
  @FunctionalInterface
  public interface StackVisitor {
    /**
     * @param stack function names, root first; reused between calls
     * @param depth how many of them count
     */
    void stack(String[] stack, int depth, long value);
  }

  /**
   * Every sample whose value is above 0; a cut-off value list counts as 0.
   *
   * @param sampleType index into {@link #sampleTypes}
   */
  public void forEach(int sampleType, StackVisitor visitor) throws MalformedProfileException {
    String[] stack = new String[MAX_DEPTH];
    try {
      for (int i = 0; i < samples.count(); i++) {
        long value = decode(samples.offset(i), samples.length(i), sampleType);
        if (value > 0) {
          visitor.stack(stack, fill(stack), value);
        }
      }
    } catch (IOException corrupt) {
      throw new MalformedProfileException(
          "a sample of the profile is corrupt or cut off; look at what serves or proxies it");
    }
  }

  /** Locations come leaf first, a location's frames root first. */
  private int fill(String[] stack) {
    int depth = 0;
    for (int i = idCount - 1; i >= 0 && depth < MAX_DEPTH; i--) {
      String[] names = frames.getOrDefault(ids[i], UNKNOWN);
      for (int n = 0; n < names.length && depth < MAX_DEPTH; n++) {
        stack[depth++] = names[n];
      }
    }
    return depth;
  }

  private long decode(int offset, int length, int sampleType) throws IOException {
    idCount = 0;
    int values = 0;
    long value = 0;
    CodedInputStream in = CodedInputStream.newInstance(plain, offset, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      int wire = WireFormat.getTagWireType(tag);
      boolean packed = wire == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if ((field != 1 && field != 2) || (!packed && wire != WireFormat.WIRETYPE_VARINT)) {
        PprofReader.skip(in, tag);
        continue;
      }
      int limit = packed ? in.pushLimit(in.readRawVarint32()) : 0;
      do {
        if (packed && in.isAtEnd()) {
          break;
        }
        long number = in.readRawVarint64();
        if (field == 1) {
          addId(number);
        } else if (values++ == sampleType) {
          value = number;
        }
      } while (packed);
      if (packed) {
        in.popLimit(limit);
      }
    }
    return value;
  }

  private void addId(long id) {
    if (idCount == ids.length) {
      ids = Arrays.copyOf(ids, idCount * 2);
    }
    ids[idCount++] = id;
  }
}
