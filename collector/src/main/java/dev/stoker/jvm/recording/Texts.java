package dev.stoker.jvm.recording;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads JFR's strings: one byte tells the encoding, then the text follows. */
final class Texts {
  private static final int NULL = 0;
  private static final int EMPTY = 1;
  private static final int CONSTANT = 2;
  private static final int UTF8 = 3;
  private static final int CHARS = 4;
  private static final int LATIN1 = 5;

  /** Names longer than this are cut: a class name has at most 65,535 bytes. */
  private static final int MAX_CHARS = 1 << 16;

  private Texts() {}

  /** Resolves a string that is a reference to the pool of strings. */
  interface Pool {
    @Nullable String string(long key) throws MalformedRecordingException;
  }

  static @Nullable String read(ChunkBytes in, Pool pool) throws MalformedRecordingException {
    int encoding = in.octet();
    switch (encoding) {
      case NULL:
        return null;
      case EMPTY:
        return "";
      case CONSTANT:
        return pool.string(in.varlong());
      case UTF8:
        return bytes(in, StandardCharsets.UTF_8);
      case LATIN1:
        return bytes(in, StandardCharsets.ISO_8859_1);
      case CHARS:
        return chars(in);
      default:
        throw unknown(encoding);
    }
  }

  private static String bytes(ChunkBytes in, java.nio.charset.Charset charset)
      throws MalformedRecordingException {
    int length = in.count();
    int start = in.at;
    in.skip(length);
    return new String(in.bytes, start, Math.min(length, MAX_CHARS), charset);
  }

  private static String chars(ChunkBytes in) throws MalformedRecordingException {
    int length = in.count();
    StringBuilder text = new StringBuilder(Math.min(length, MAX_CHARS));
    for (int i = 0; i < length; i++) {
      char c = (char) in.varlong();
      if (i < MAX_CHARS) {
        text.append(c);
      }
    }
    return text.toString();
  }

  static void skip(ChunkBytes in) throws MalformedRecordingException {
    int encoding = in.octet();
    switch (encoding) {
      case NULL, EMPTY -> {}
      case CONSTANT -> in.varlong();
      case UTF8, LATIN1 -> in.skip(in.count());
      case CHARS -> {
        for (int left = in.count(); left > 0; left--) {
          in.varlong();
        }
      }
      default -> throw unknown(encoding);
    }
  }

  private static MalformedRecordingException unknown(int encoding) {
    return ChunkBytes.damaged("a text has the unknown encoding " + encoding);
  }
}
