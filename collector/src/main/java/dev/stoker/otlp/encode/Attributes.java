package dev.stoker.otlp.encode;

import dev.stoker.otlp.OtlpFields.AnyValue;
import dev.stoker.otlp.OtlpFields.Attribute;
import dev.stoker.otlp.OtlpFields.Dictionary;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of attributes, each of which is there once. The text of a value stands in it, and not
 * in the table of strings, so a hostile profile could name one long text a million times: the size
 * is bounded. One thread.
 */
final class Attributes {
  /** Whole numbers below it are exact as a double, and no other number becomes the same one. */
  private static final long EXACT = 1L << 53;

  private static final int FIXED64 = 1;
  private static final int VARINT = 0;

  private final ProfileIndex index;
  private final Texts texts;
  private final ByteSink out;
  private final ByteSink value = new ByteSink();
  private final ByteSink entry = new ByteSink();
  private final Map<Label, Integer> labels = new HashMap<>();
  private final Map<String, Integer> flags = new HashMap<>();
  private final Map<Named, Integer> named = new HashMap<>();
  private int size;

  /**
   * A label of pprof, by indexes of strings. Comparable, so that a map holds up against hashes that
   * collide on purpose.
   */
  record Label(int key, int text, long number, int unit) implements Comparable<Label> {
    private static final Comparator<Label> ORDER =
        Comparator.comparingLong(Label::number)
            .thenComparingInt(Label::key)
            .thenComparingInt(Label::text)
            .thenComparingInt(Label::unit);

    @Override
    public int compareTo(Label other) {
      return ORDER.compare(this, other);
    }
  }

  /** Comparable for the same reason. */
  private record Named(String key, int text) implements Comparable<Named> {
    @Override
    public int compareTo(Named other) {
      int order = key.compareTo(other.key);
      return order != 0 ? order : Integer.compare(text, other.text);
    }
  }

  /**
   * @param out the dictionary
   */
  Attributes(ProfileIndex index, Texts texts, ByteSink out) {
    this.index = index;
    this.texts = texts;
    this.out = out;
    Messages.head(out, Dictionary.ATTRIBUTES, 0);
    size = 1;
  }

  /**
   * The index of a label. A number is sent as a double: of an integer, Pyroscope makes a label of
   * its series, and what it does not of numbers in pprof, which are sizes of allocations mostly.
   */
  int label(Label label) throws MalformedProfileException {
    Integer known = labels.get(label);
    if (known == null) {
      known = addLabel(label);
      labels.put(label, known);
      Bound.check(out.size);
    }
    return known;
  }

  private int addLabel(Label label) {
    value.reset();
    if (label.text() != 0) {
      text(label.text());
    } else if (-EXACT < label.number() && label.number() < EXACT) {
      value.tag(AnyValue.DOUBLE, FIXED64);
      value.fixed64(Double.doubleToRawLongBits(label.number()));
    } else {
      value.tag(AnyValue.INT, VARINT);
      value.varint(label.number());
    }
    return add(label.key(), label.unit());
  }

  private void text(int string) {
    // A text of the profile that is no UTF-8 becomes here what it became in the table.
    Messages.text(value, AnyValue.STRING, index.string(string));
  }

  /** What is true; what is not true has no attribute. */
  int flag(String key) {
    return flags.computeIfAbsent(
        key,
        missing -> {
          value.reset();
          value.tag(AnyValue.BOOL, VARINT);
          value.varint(1);
          return add(texts.add(key), 0);
        });
  }

  /**
   * @param text index of a string of the profile
   */
  int text(String key, int text) {
    return named.computeIfAbsent(
        new Named(key, text),
        missing -> {
          value.reset();
          text(text);
          return add(texts.add(key), 0);
        });
  }

  int text(String key, String text) {
    value.reset();
    Messages.text(value, AnyValue.STRING, text);
    return add(texts.add(key), 0);
  }

  /**
   * @param list indexes of strings of the profile
   */
  int texts(String key, List<Integer> list) throws MalformedProfileException {
    ByteSink array = new ByteSink();
    for (int string : list) {
      value.reset();
      text(string);
      Messages.message(array, AnyValue.VALUES, value);
      Bound.check(array.size);
    }
    value.reset();
    Messages.message(value, AnyValue.ARRAY, array);
    return add(texts.add(key), 0);
  }

  private int add(int key, int unit) {
    entry.reset();
    Messages.number(entry, Attribute.KEY, key);
    Messages.message(entry, Attribute.VALUE, value);
    Messages.number(entry, Attribute.UNIT, unit);
    Messages.message(out, Dictionary.ATTRIBUTES, entry);
    return size++;
  }
}
