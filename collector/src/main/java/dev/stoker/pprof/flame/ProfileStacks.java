package dev.stoker.pprof.flame;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One profile as stacks of function names. Names and stacks are made when they are asked for; until
 * then there are offsets into the inflated bytes, which this object holds. Not thread-safe.
 *
 * <p>Tolerant where a flame graph can still be drawn: a function that is missing is called
 * [unknown], a value that is missing counts as 0. Strict where the bytes are no protobuf, and
 * bounded as {@link ProfileIndex} is.
 */
public final class ProfileStacks {
  /** Deeper stacks are cut at the leaf end, which also keeps one hostile stack cheap. */
  public static final int MAX_DEPTH = 400;

  private static final int MAX_SAMPLE_TYPES = 64;

  /**
   * The meaning and the unit of a value, such as cpu in nanoseconds.
   *
   * @param type "" when the profile does not say
   */
  public record ValueType(String type, String unit) {}

  private final ProfileIndex index;
  private final FrameNames names;
  private final List<ValueType> sampleTypes;
  private final ValueType periodType;

  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private long[] ids = new long[128];
  private int idCount;

  private ProfileStacks(ProfileIndex index) throws MalformedProfileException {
    this.index = index;
    this.names = new FrameNames(index);
    if (index.typeStart.size > MAX_SAMPLE_TYPES) {
      throw Cursor.malformed("it has " + index.typeStart.size + " sample types");
    }
    List<ValueType> types = new ArrayList<>();
    for (int i = 0; i < index.typeStart.size; i++) {
      types.add(valueType(index.typeStart.at[i], index.typeEnd.at[i]));
    }
    this.sampleTypes = List.copyOf(types);
    this.periodType =
        index.periodTypeEnd < 0
            ? new ValueType("", "")
            : valueType(index.periodTypeStart, index.periodTypeEnd);
  }

  /**
   * @param body gzipped or plain; a plain one must not be changed while the result is in use
   * @param maxInflated bytes allowed after gunzip; 0 = no limit
   * @throws MalformedProfileException the body is no pprof, is truncated, or is past a bound
   */
  public static ProfileStacks read(byte[] body, long maxInflated) throws MalformedProfileException {
    BodyCheck.quick(body, maxInflated);
    byte[] plain = Gzip.isGzip(body) ? Gzip.inflate(body, maxInflated) : body;
    if (maxInflated > 0 && plain.length > maxInflated) {
      throw new MalformedProfileException(
          "profile is larger than " + maxInflated + " bytes; raise max_inflated_size");
    }
    ProfileIndex index = new ProfileIndex();
    index.read(plain, plain.length);
    index.readFunctions();
    return new ProfileStacks(index);
  }

  /** At least one. */
  public List<ValueType> sampleTypes() {
    return sampleTypes;
  }

  public ValueType periodType() {
    return periodType;
  }

  /** Index of the type that tools show first: the profile's own choice, else the last. */
  public int defaultSampleType() {
    String wanted = index.defaultType == 0 ? null : names.string(index.defaultType);
    int shown = sampleTypes.size() - 1;
    for (int i = 0; i < sampleTypes.size(); i++) {
      shown = sampleTypes.get(i).type().equals(wanted) ? i : shown;
    }
    return shown;
  }

  /** Unix nanoseconds; 0 = the profile does not say. */
  public long timeNanos() {
    return index.timeNanos;
  }

  public long durationNanos() {
    return index.durationNanos;
  }

  public int samples() {
    return index.sampleStart.size;
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
   * Visits every sample whose value is above 0.
   *
   * @param sampleType index into {@link #sampleTypes}
   * @throws MalformedProfileException a sample is corrupt; those before it were visited
   */
  public void forEach(int sampleType, StackVisitor visitor) throws MalformedProfileException {
    String[] stack = new String[MAX_DEPTH];
    for (int i = 0; i < index.sampleStart.size; i++) {
      long value = decode(i, sampleType);
      if (value > 0) {
        visitor.stack(stack, fill(stack), value);
      }
    }
  }

  /** Locations come leaf first, a location's frames root first. */
  private int fill(String[] stack) throws MalformedProfileException {
    int depth = 0;
    for (int i = idCount - 1; i >= 0 && depth < MAX_DEPTH; i--) {
      String[] frames = names.of(ids[i]);
      for (int n = 0; n < frames.length && depth < MAX_DEPTH; n++) {
        stack[depth++] = frames[n];
      }
    }
    return depth;
  }

  private long decode(int sample, int sampleType) throws MalformedProfileException {
    idCount = 0;
    int values = 0;
    long value = 0;
    cursor.over(index.data, index.sampleStart.at[sample], index.sampleEnd.at[sample]);
    while (cursor.next()) {
      int field = cursor.field();
      if (field != 1 && field != 2) {
        cursor.skip();
        continue;
      }
      boolean packed = cursor.wireType() == Cursor.BYTES;
      if (packed) {
        inner.over(index.data, cursor.start(), cursor.end());
      }
      while (!packed || !inner.atEnd()) {
        long number = packed ? inner.varint() : cursor.value();
        if (field == 1) {
          addId(number);
        } else if (values++ == sampleType) {
          value = number;
        }
        if (!packed) {
          break;
        }
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

  private ValueType valueType(int from, int to) throws MalformedProfileException {
    String type = names.string(names.numberIn(1, from, to));
    String unit = names.string(names.numberIn(2, from, to));
    return new ValueType(type == null ? "" : type, unit == null ? "" : unit);
  }
}
