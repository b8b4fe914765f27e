package dev.stoker.config.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** Bytes of a file as text. */
public final class Utf8 {
  /** The bytes are not UTF-8. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    /** The line of the first bad byte, from 1. */
    public final int line;

    Malformed(int line) {
      super("no UTF-8", null, false, false);
      this.line = line;
    }
  }

  public static String decode(byte[] bytes) throws Malformed {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    if (decoder.decode(in, out, true).isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw new Malformed(line);
    }
    return out.flip().toString();
  }

  private Utf8() {}
}
