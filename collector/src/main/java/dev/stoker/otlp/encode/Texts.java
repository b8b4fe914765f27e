package dev.stoker.otlp.encode;

import dev.stoker.otlp.OtlpFields.Dictionary;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.ProfileIndex;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The table of strings: those of the profile in their order, so that indexes hold, and then those
 * that OTLP adds. A text that is no UTF-8 would make every reader refuse the whole request: its
 * wrong bytes are replaced, and counted. One thread.
 */
final class Texts {
  private final ProfileIndex index;
  private final ByteSink out;
  private final Map<String, Integer> added = new HashMap<>();
  private int size;
  private int mended;

  /**
   * @param out the dictionary
   */
  Texts(ProfileIndex index, ByteSink out) {
    this.index = index;
    this.out = out;
    for (int i = 0; i < index.stringStart.size; i++) {
      copy(index.stringStart.at[i], index.stringEnd.at[i]);
    }
    size = index.stringStart.size;
  }

  private void copy(int from, int to) {
    if (isAscii(from, to) || isUtf8(from, to)) {
      out.field(Dictionary.STRINGS, index.data, from, to);
    } else {
      mended++;
      Messages.text(
          out, Dictionary.STRINGS, new String(index.data, from, to - from, StandardCharsets.UTF_8));
    }
  }

  private boolean isAscii(int from, int to) {
    for (int i = from; i < to; i++) {
      if (index.data[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isUtf8(int from, int to) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(index.data, from, to - from));
      return true;
    } catch (CharacterCodingException otherBytes) {
      return false;
    }
  }

  /** The index of a text that the profile may not have. */
  int add(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    return added.computeIfAbsent(
        text,
        missing -> {
          Messages.text(out, Dictionary.STRINGS, missing);
          return size++;
        });
  }

  int mended() {
    return mended;
  }
}
