package dev.stoker.otlp.decode;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Growable.Ints;
import java.nio.charset.StandardCharsets;

/**
 * The string table of the pprof at work. Strings of the dictionary and values of attributes are
 * copied when they are first used; others are added as they come. There is room for each before it
 * is written. For one request, on one thread.
 */
final class PprofStrings {
  private static final int STRING = 6;

  /** Bytes that a wrong one becomes: U+FFFD. */
  private static final int MENDED = 3;

  private final Dictionary dictionary;
  private final Attributes attributes;
  private final Budget budget;
  private final ByteSink out;
  private final LocalIds ids;
  private final LocalIds values;

  /** By local id of an attribute less 1: the string that its value is. */
  private final Ints valueStrings = new Ints();

  PprofStrings(Dictionary dictionary, Attributes attributes, Budget budget, ByteSink out) {
    this.dictionary = dictionary;
    this.attributes = attributes;
    this.budget = budget;
    this.out = out;
    this.ids = new LocalIds(dictionary.strings.size());
    this.values = new LocalIds(dictionary.attributes.size());
  }

  /** Another profile. Its first string is the empty one, whose index is 0. */
  void begin() {
    ids.begin();
    values.begin();
    valueStrings.size = 0;
    out.field(STRING, dictionary.data, 0, 0);
  }

  /** The index in the pprof of a string of the dictionary. */
  int id(long index) throws MalformedProfileException, OutOfRoomException {
    int at = dictionary.strings.index(index);
    int from = dictionary.strings.start.at[at];
    int to = dictionary.strings.end.at[at];
    if (from == to) {
      return 0;
    }
    int known = ids.get(at);
    if (known > 0) {
      return known;
    }
    write(from, to);
    return ids.give(at);
  }

  /** The index in the pprof of the value of an attribute, as a text. */
  int value(int attribute) throws MalformedProfileException, OutOfRoomException {
    int known = values.get(attribute);
    if (known > 0) {
      return valueStrings.at[known - 1];
    }
    int string;
    if (!attributes.isText(attribute)) {
      string = add(Long.toString(attributes.number(attribute)));
    } else if (attributes.textIndex(attribute) == Attributes.INLINE) {
      write(attributes.textStart(attribute), attributes.textEnd(attribute));
      string = ids.more();
    } else {
      string = id(attributes.textIndex(attribute));
    }
    values.give(attribute);
    valueStrings.add(string);
    return string;
  }

  /** The index of a string that is added; the same one is added again. */
  int add(String text) throws OutOfRoomException {
    if (text.isEmpty()) {
      return 0;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    budget.check(out.size + (long) bytes.length);
    out.field(STRING, bytes, 0, bytes.length);
    return ids.more();
  }

  int size() {
    return ids.size();
  }

  /** Protobuf's strings are UTF-8; whoever writes others would make the whole profile invalid. */
  private void write(int from, int to) throws OutOfRoomException {
    byte[] data = dictionary.data;
    budget.check(out.size + (long) (to - from));
    for (int i = from; i < to; i++) {
      if (data[i] < 0) {
        // It may be whole, but its copies on the way need room too.
        budget.check(out.size + (long) MENDED * (to - from));
        byte[] valid =
            new String(data, from, to - from, StandardCharsets.UTF_8)
                .getBytes(StandardCharsets.UTF_8);
        out.field(STRING, valid, 0, valid.length);
        return;
      }
    }
    out.field(STRING, data, from, to);
  }
}
