package dev.stoker.jvm.recording;

/**
 * A cursor over a chunk with JFR's encodings. Every read is checked against the limit; {@link
 * #step} bounds work on structures that take no bytes.
 */
final class ChunkBytes {
  private static final int LAST_OF_LONG = 8;

  /** Real chunks need less than one step a byte. */
  private static final long STEPS_PER_BYTE = 16;

  private static final long FREE_STEPS = 1 << 20;

  final byte[] bytes;
  int at;
  int limit;
  private long steps;

  ChunkBytes(byte[] bytes) {
    this.bytes = bytes;
    this.limit = bytes.length;
    this.steps = FREE_STEPS + STEPS_PER_BYTE * bytes.length;
  }

  void seek(int position) throws MalformedRecordingException {
    if (position < 0 || position > bytes.length) {
      throw damaged("a reference leads out of it");
    }
    at = position;
    limit = bytes.length;
  }

  /** Counts work, so that none is endless. */
  void step() throws MalformedRecordingException {
    if (--steps < 0) {
      throw damaged("its structures are nested without end");
    }
  }

  byte octet() throws MalformedRecordingException {
    if (at >= limit) {
      throw damaged("a field reaches over its end");
    }
    return bytes[at++];
  }

  /** LEB128 of at most nine bytes, of which the ninth has eight bits. */
  long varlong() throws MalformedRecordingException {
    long value = 0;
    for (int i = 0; i < LAST_OF_LONG; i++) {
      byte b = octet();
      value |= (b & 0x7fL) << (7 * i);
      if (b >= 0) {
        return value;
      }
    }
    return value | (octet() & 0xffL) << (7 * LAST_OF_LONG);
  }

  /** A count of things that take no less than a byte each. */
  int count() throws MalformedRecordingException {
    long count = varlong();
    if (count < 0 || count > limit - at) {
      throw damaged("it counts " + count + " elements in " + (limit - at) + " bytes");
    }
    return (int) count;
  }

  void skip(long length) throws MalformedRecordingException {
    if (length < 0 || length > limit - at) {
      throw damaged("a field reaches over its end");
    }
    at += (int) length;
  }

  static MalformedRecordingException damaged(String what) {
    return new MalformedRecordingException(
        "the JFR chunk is damaged: " + what + "; was the recording cut or changed on its way?");
  }
}
