package dev.stoker.otlp.decode;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import java.nio.charset.StandardCharsets;

/**
 * The string table of the pprof at work. Strings of the dictionary are copied when they are first
 * used; others are added as they come. For one request, on one thread.
 */
final class PprofStrings {
  private static final int STRING = 6;

  private final Dictionary dictionary;
  private final ByteSink out;
  private final LocalIds ids;

  PprofStrings(Dictionary dictionary, ByteSink out) {
    this.dictionary = dictionary;
    this.out = out;
    this.ids = new LocalIds(dictionary.strings.size());
  }

  /** Another profile. Its first string is the empty one, whose index is 0. */
  void begin() {
    ids.begin();
    out.field(STRING, dictionary.data, 0, 0);
  }

  /** The index in the pprof of a string of the dictionary. */
  int id(long index) throws MalformedProfileException {
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

  /** The index of a string that is added; the same one is added again. */
  int add(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.field(STRING, bytes, 0, bytes.length);
    return ids.more();
  }

  /** The index of bytes of the request that are added as a string. */
  int add(int from, int to) {
    write(from, to);
    return ids.more();
  }

  int size() {
    return ids.size();
  }

  /** Protobuf's strings are UTF-8; whoever writes others would make the whole profile invalid. */
  private void write(int from, int to) {
    byte[] data = dictionary.data;
    for (int i = from; i < to; i++) {
      if (data[i] < 0) {
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
