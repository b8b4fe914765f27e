package dev.stoker.jvm.own;

import dev.stoker.jvm.chunk.JfrChunk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * jfr-converter's reader knows events by name and merges some pairs of them (a park with a
 * contended monitor). An event whose name it does not know goes to whoever registered the name; so
 * one of the pair gets another name of the same length in the chunk's metadata before the reader
 * sees it.
 */
final class EventNames {
  static final String THREAD_PARK = "stk.ThreadPark";

  private static final byte[] KNOWN = lengthAndText("jdk.ThreadPark");
  private static final byte[] OURS = lengthAndText(THREAD_PARK);

  private EventNames() {}

  /** Changes the chunk's bytes in place. */
  static void separateParks(byte[] chunk) {
    long metadata = ByteBuffer.wrap(chunk).getLong(JfrChunk.METADATA_AT);
    if (metadata <= 0 || metadata >= chunk.length) {
      return;
    }
    for (int at = (int) metadata; at + KNOWN.length <= chunk.length; at++) {
      if (matches(chunk, at)) {
        System.arraycopy(OURS, 0, chunk, at, OURS.length);
        return;
      }
    }
  }

  private static boolean matches(byte[] chunk, int at) {
    for (int i = 0; i < KNOWN.length; i++) {
      if (chunk[at + i] != KNOWN[i]) {
        return false;
      }
    }
    return true;
  }

  /** Metadata strings are a length and ASCII bytes, whichever encoding the JDK chose. */
  private static byte[] lengthAndText(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[text.length + 1];
    out[0] = (byte) text.length;
    System.arraycopy(text, 0, out, 1, text.length);
    return out;
  }
}
