package dev.stoker.jvm.text;

import dev.stoker.pprof.MalformedProfileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Splits text from outside into lines of bounded length. */
final class TextLines {
  /** A stack of a thousand frames with long names. */
  private static final int MAX_LINE = 512 << 10;

  private static final int PREVIEW = 120;

  private final InputStream in;
  private final byte[] chunk = new byte[16 << 10];
  private int at;
  private int end;
  private byte[] line = new byte[4 << 10];
  private long number;

  TextLines(InputStream in) {
    this.in = in;
  }

  /** Number of the last line that was returned; the first is 1. */
  long number() {
    return number;
  }

  /**
   * @return without its end; bytes that are no UTF-8 are replaced; null = no more
   */
  @Nullable String next() throws IOException, MalformedProfileException {
    int length = 0;
    for (int b = read(); b != '\n'; b = read()) {
      if (b < 0 && length == 0) {
        return null;
      } else if (b < 0) {
        break;
      }
      if (length == MAX_LINE) {
        throw new MalformedProfileException(
            "line " + (number + 1) + " is longer than " + MAX_LINE + " bytes");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, length * 2);
      }
      line[length++] = (byte) b;
    }
    number++;
    int carriage = length > 0 && line[length - 1] == '\r' ? 1 : 0;
    return new String(line, 0, length - carriage, StandardCharsets.UTF_8);
  }

  private int read() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(chunk, 0, chunk.length));
      if (end == 0) {
        return -1;
      }
    }
    return chunk[at++] & 0xff;
  }

  /** The beginning of a line in printable form, for messages. */
  static String preview(String text) {
    String start = text.length() > PREVIEW ? text.substring(0, PREVIEW) + "…" : text;
    return start.replaceAll("[\\p{Cntrl}]+", " ").strip();
  }
}
