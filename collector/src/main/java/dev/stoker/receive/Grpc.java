package dev.stoker.receive;

import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A unary call of gRPC over HTTP/2: five bytes before each message, and the status in the trailers.
 */
public final class Grpc {
  /** Bytes before a message: whether it is compressed, and its length. */
  public static final int PREFIX = 5;

  /**
   * Checks the bytes before the only message of a request.
   *
   * @param encoding the header grpc-encoding, "" = none
   * @return whether the message is compressed
   */
  public static boolean isCompressed(byte[] bytes, String encoding) throws InvalidPush {
    if (bytes.length < PREFIX) {
      throw new InvalidPush("the request is cut within the five bytes before its message");
    }
    long length =
        (bytes[1] & 0xffL) << 24
            | (bytes[2] & 0xff) << 16
            | (bytes[3] & 0xff) << 8
            | bytes[4] & 0xff;
    if (length != bytes.length - PREFIX) {
      throw new InvalidPush(
          "the message is said to have "
              + length
              + " bytes, but "
              + (bytes.length - PREFIX)
              + " came; a request has one message");
    }
    if (bytes[0] != 0 && bytes[0] != 1) {
      throw new InvalidPush("the message has unknown flags: " + (bytes[0] & 0xff));
    }
    if (bytes[0] == 1 && !encoding.equals("gzip")) {
      throw new InvalidPush("the message is compressed, but grpc-encoding does not say how");
    }
    return bytes[0] == 1;
  }

  /** A message with the bytes before it. */
  public static Buffer frame(int flags, Buffer content) {
    return Buffer.buffer()
        .appendByte((byte) flags)
        .appendInt(content.length())
        .appendBuffer(content);
  }

  /** Answers with a message. */
  public static void answer(Arrival arrival, String mediaType, Buffer message) {
    HttpServerResponse response = arrival.response();
    response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
    response.putTrailer("grpc-status", "0");
    arrival.answer(frame(0, message));
  }

  /** Answers with a refusal. */
  public static void refuse(Arrival arrival, String mediaType, Refusal refusal) {
    arrival
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
        .putHeader("grpc-status", Integer.toString(Code.of(refusal.kind()).number()))
        .putHeader("grpc-message", escaped(refusal.words()));
    arrival.answer(Buffer.buffer());
  }

  /** A message of a status, as gRPC writes it. */
  public static String escaped(String words) {
    return URLEncoder.encode(words, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What gRPC, and Connect, call a refusal. */
  public enum Code {
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    UNAUTHENTICATED(16);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }

    public static Code of(Refusal.Kind kind) {
      return switch (kind) {
        case INVALID, TOO_LARGE -> INVALID_ARGUMENT;
        case SLOW -> DEADLINE_EXCEEDED;
        case UNAUTHENTICATED -> UNAUTHENTICATED;
        case NOT_FOUND, METHOD, MEDIA_TYPE, UNSUPPORTED, HTTP_VERSION -> UNIMPLEMENTED;
        case INTERNAL -> INTERNAL;
        case BUSY -> UNAVAILABLE;
      };
    }
  }

  private Grpc() {}
}
