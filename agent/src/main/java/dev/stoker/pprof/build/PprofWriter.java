package dev.stoker.pprof.build;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Builds a pprof body from stacks of named frames. Field numbers: profile.proto of google/pprof.
 * One mapping stands for the program and says that functions, files and lines are known, so that no
 * reader tries to symbolise. Not thread-safe; for one profile.
 */
public final class PprofWriter {
  private static final int VARINT = 0;
  private static final int SAMPLE_TYPE = 1;
  private static final int SAMPLE = 2;
  private static final int MAPPING = 3;
  private static final int LOCATION = 4;
  private static final int FUNCTION = 5;
  private static final int STRING = 6;
  private static final int TIME = 9;
  private static final int DURATION = 10;
  private static final int PERIOD_TYPE = 11;
  private static final int PERIOD = 12;
  private static final int DEFAULT_SAMPLE_TYPE = 14;

  private final ByteSink out = new ByteSink();
  private final ByteSink message = new ByteSink();
  private final ByteSink packed = new ByteSink();
  private final Map<String, Integer> strings = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final Map<String, Map<String, Integer>> functions = new HashMap<>();
  private int functionCount;

  /**
   * Locations by function id, then by line: two maps, because any packing of both into one key can
   * clash.
   */
  private final Map<Integer, Map<Integer, Integer>> locations = new HashMap<>();

  private int locationCount;

  /**
   * @param types sample types, in the order of a sample's values
   * @param periodType what {@code period} counts
   * @param defaultType name of the sample type that tools show first
   */
  public PprofWriter(List<ValueType> types, ValueType periodType, long period, String defaultType) {
    string("");
    for (ValueType type : types) {
      valueType(SAMPLE_TYPE, type);
    }
    valueType(PERIOD_TYPE, periodType);
    number(out, PERIOD, period);
    number(out, DEFAULT_SAMPLE_TYPE, string(defaultType));
    message.reset();
    number(message, 1, 1);
    number(message, 5, string("jvm"));
    for (int known = 7; known <= 9; known++) {
      number(message, known, 1);
    }
    end(MAPPING);
  }

  /**
   * @param line 0 or less = not known
   * @return the location's id, equal for equal arguments only
   */
  public int location(String function, String file, int line) {
    int functionId = function(function, file);
    int knownLine = Math.max(0, line);
    Map<Integer, Integer> lines = locations.computeIfAbsent(functionId, ignored -> new HashMap<>());
    Integer known = lines.get(knownLine);
    if (known != null) {
      return known;
    }
    int id = ++locationCount;
    lines.put(knownLine, id);
    packed.reset();
    number(packed, 1, functionId);
    number(packed, 2, knownLine);
    message.reset();
    number(message, 1, id);
    number(message, 2, 1);
    message.field(4, packed.bytes, 0, packed.size);
    end(LOCATION);
    return id;
  }

  private int function(String name, String file) {
    Map<String, Integer> files = functions.computeIfAbsent(name, ignored -> new HashMap<>(2));
    Integer known = files.get(file);
    if (known != null) {
      return known;
    }
    int id = ++functionCount;
    files.put(file, id);
    message.reset();
    number(message, 1, id);
    number(message, 2, string(name));
    number(message, 3, string(name));
    number(message, 4, string(file));
    end(FUNCTION);
    return id;
  }

  /**
   * @param stack locations, leaf first
   * @param values one a sample type
   */
  public void sample(int[] stack, long... values) {
    message.reset();
    packed(1, Arrays.stream(stack).asLongStream().toArray());
    packed(2, values);
    end(SAMPLE);
  }

  /**
   * With labels of text; servers may make a series of each of their values.
   *
   * @param stack locations, leaf first
   * @param labels a name, its value, the next name, …
   * @param values one a sample type
   */
  public void sample(int[] stack, List<String> labels, long... values) {
    message.reset();
    packed(1, Arrays.stream(stack).asLongStream().toArray());
    packed(2, values);
    for (int i = 0; i + 1 < labels.size(); i += 2) {
      packed.reset();
      number(packed, 1, string(labels.get(i)));
      number(packed, 2, string(labels.get(i + 1)));
      message.field(3, packed.bytes, 0, packed.size);
    }
    end(SAMPLE);
  }

  /**
   * @param timeNanos Unix time
   * @param durationNanos 0 = left out, as Go does for totals
   * @return gzipped; the writer is of no use afterwards
   */
  public byte[] finish(long timeNanos, long durationNanos) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.field(STRING, bytes, 0, bytes.length);
    }
    number(out, TIME, timeNanos);
    if (durationNanos != 0) {
      number(out, DURATION, durationNanos);
    }
    return gzip();
  }

  private byte[] gzip() {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream(out.size / 3 + 64);
    try (GZIPOutputStream stream = new GZIPOutputStream(gzipped)) {
      stream.write(out.bytes, 0, out.size);
    } catch (IOException arraysDoNotFail) {
      throw new UncheckedIOException(arraysDoNotFail);
    }
    return gzipped.toByteArray();
  }

  private void valueType(int field, ValueType type) {
    message.reset();
    number(message, 1, string(type.type()));
    number(message, 2, string(type.unit()));
    end(field);
  }

  private void packed(int field, long[] values) {
    packed.reset();
    for (long value : values) {
      packed.varint(value);
    }
    message.field(field, packed.bytes, 0, packed.size);
  }

  private static void number(ByteSink sink, int field, long value) {
    sink.tag(field, VARINT);
    sink.varint(value);
  }

  private void end(int field) {
    out.field(field, message.bytes, 0, message.size);
  }

  private int string(String text) {
    Integer known = strings.putIfAbsent(text, texts.size());
    if (known != null) {
      return known;
    }
    texts.add(text);
    return texts.size() - 1;
  }
}
