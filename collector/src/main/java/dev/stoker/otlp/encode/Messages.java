package dev.stoker.otlp.encode;

import dev.stoker.pprof.build.ByteSink;
import java.nio.charset.StandardCharsets;

/** Fields of protobuf messages; one that has its default value is not written. */
final class Messages {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  static void number(ByteSink out, int field, long value) {
    if (value != 0) {
      out.tag(field, VARINT);
      out.varint(value);
    }
  }

  static void fixed64(ByteSink out, int field, long value) {
    if (value != 0) {
      out.tag(field, FIXED64);
      out.fixed64(value);
    }
  }

  static void text(ByteSink out, int field, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.field(field, bytes, 0, bytes.length);
  }

  /** A message, or numbers that are packed; also an empty one. */
  static void message(ByteSink out, int field, ByteSink content) {
    out.field(field, content.bytes, 0, content.size);
  }

  /** Numbers that are packed; none is no field. */
  static void packed(ByteSink out, int field, ByteSink numbers) {
    if (numbers.size > 0) {
      message(out, field, numbers);
    }
  }

  /** The beginning of a message whose content follows. */
  static void head(ByteSink out, int field, int length) {
    out.tag(field, BYTES);
    out.varint(length);
  }

  /** Bytes of a message with its head. */
  static int size(int field, int length) {
    return ByteSink.varintSize((long) field << 3) + ByteSink.varintSize(length) + length;
  }

  private Messages() {}
}
