package dev.stoker.write.otlp;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A google.rpc.Status: the body of a failure of OTLP/HTTP, and the details of one of gRPC.
 *
 * @param message "" = none
 * @param retryMillis for how long a RetryInfo asks to wait, five minutes at most; null = there is
 *     none
 */
record RpcStatus(String message, @Nullable Long retryMillis) {
  static final RpcStatus NONE = new RpcStatus("", null);

  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final String RETRY_INFO = "/google.rpc.RetryInfo";

  /** {@link #NONE} when it is none. */
  static RpcStatus of(byte[] bytes) {
    try {
      return read(bytes);
    } catch (MalformedProfileException other) {
      return NONE;
    }
  }

  /**
   * @param header base64 with or without padding
   */
  static RpcStatus ofHeader(@Nullable String header) {
    try {
      return header == null ? NONE : of(Base64.getDecoder().decode(header.strip()));
    } catch (IllegalArgumentException nonsense) {
      return NONE;
    }
  }

  private static RpcStatus read(byte[] bytes) throws MalformedProfileException {
    String message = "";
    Long retry = null;
    Cursor cursor = new Cursor();
    cursor.over(bytes, 0, bytes.length);
    while (cursor.next()) {
      if (cursor.field() == 2 && cursor.wireType() == Cursor.BYTES) {
        message = text(bytes, cursor);
      } else if (cursor.field() == 3 && cursor.wireType() == Cursor.BYTES) {
        Long asked = retryInfo(bytes, cursor.start(), cursor.end());
        retry = asked == null ? retry : asked;
      } else {
        cursor.skip();
      }
    }
    return new RpcStatus(message, retry);
  }

  /** Of an Any; null = it is something else. */
  private static @Nullable Long retryInfo(byte[] bytes, int from, int to)
      throws MalformedProfileException {
    String type = "";
    Long millis = 0L;
    Cursor any = new Cursor();
    any.over(bytes, from, to);
    while (any.next()) {
      if (any.field() == 1 && any.wireType() == Cursor.BYTES) {
        type = text(bytes, any);
      } else if (any.field() == 2 && any.wireType() == Cursor.BYTES) {
        millis = delay(bytes, any.start(), any.end());
      } else {
        any.skip();
      }
    }
    return type.endsWith(RETRY_INFO) ? millis : null;
  }

  private static Long delay(byte[] bytes, int from, int to) throws MalformedProfileException {
    Cursor info = new Cursor();
    info.over(bytes, from, to);
    long millis = 0;
    while (info.next()) {
      if (info.field() == 1 && info.wireType() == Cursor.BYTES) {
        millis = duration(bytes, info.start(), info.end());
      } else {
        info.skip();
      }
    }
    return millis;
  }

  private static long duration(byte[] bytes, int from, int to) throws MalformedProfileException {
    Cursor duration = new Cursor();
    duration.over(bytes, from, to);
    long seconds = 0;
    long nanos = 0;
    while (duration.next()) {
      switch (duration.field()) {
        case 1 -> seconds = duration.value();
        case 2 -> nanos = duration.value();
        default -> duration.skip();
      }
    }
    boolean longer = seconds >= LONGEST.toSeconds();
    long millis = longer ? LONGEST.toMillis() : seconds * 1_000 + nanos / 1_000_000;
    return Math.max(0, Math.min(millis, LONGEST.toMillis()));
  }

  private static String text(byte[] bytes, Cursor cursor) {
    return new String(bytes, cursor.start(), cursor.end() - cursor.start(), StandardCharsets.UTF_8);
  }
}
