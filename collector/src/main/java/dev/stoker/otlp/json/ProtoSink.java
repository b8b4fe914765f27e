package dev.stoker.otlp.json;

import dev.stoker.pprof.build.ByteSink;

/**
 * Protobuf in one array, which does not grow. A message inside another one is written in its place,
 * and its length when its end is known, so there are no copies of it.
 */
final class ProtoSink {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  /** A tag and a number are no longer. */
  private static final int FIELD = 20;

  private final ByteSink out = new ByteSink();
  private final int most;

  /**
   * @param most bytes that there may be in all
   */
  ProtoSink(int most) {
    this.most = most;
    out.bytes = new byte[most + FIELD];
  }

  void number(int field, long value) throws LargerProtoException {
    out.tag(field, VARINT);
    varint(value);
  }

  void fixed64(int field, long value) throws LargerProtoException {
    out.tag(field, FIXED64);
    fixed64(value);
  }

  void varint(long value) throws LargerProtoException {
    out.varint(value);
    check(0);
  }

  void fixed64(long value) throws LargerProtoException {
    out.fixed64(value);
    check(0);
  }

  void bytes(int field, byte[] bytes) throws LargerProtoException {
    check(bytes.length);
    out.field(field, bytes, 0, bytes.length);
    check(0);
  }

  /** Begins a message, or numbers that are packed. Returns where its content begins. */
  int open(int field) throws LargerProtoException {
    out.tag(field, BYTES);
    varint(0);
    return out.size;
  }

  /** Ends what was begun there: its content moves when its length takes more than a byte. */
  void close(int start) throws LargerProtoException {
    int length = out.size - start;
    int more = ByteSink.varintSize(length) - 1;
    check(more);
    System.arraycopy(out.bytes, start, out.bytes, start + more, length);
    out.size = start - 1;
    out.varint(length);
    out.size += length;
  }

  /** Takes back what was begun there, as it has no content. */
  void takeBack(int start, int field) {
    out.size = start - 1 - ByteSink.varintSize((long) field << 3 | BYTES);
  }

  int size() {
    return out.size;
  }

  /** Valid up to the size. */
  byte[] bytes() {
    return out.bytes;
  }

  private void check(int more) throws LargerProtoException {
    if (out.size + (long) more > most) {
      throw new LargerProtoException();
    }
  }
}
