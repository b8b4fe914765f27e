package dev.stoker.receive.pyroscope;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the ways in which clients speak <code>push.v1.PusherService/Push</code>, by the media type
 * of the request.
 *
 * @param mediaType of the request, and of an answer that is no error
 */
record PushProtocol(Framing framing, boolean json, String mediaType) {
  /** Media types that are taken, for the header <code>Accept-Post</code>. */
  static final String ACCEPTED =
      "application/proto, application/json, application/grpc, application/grpc+proto,"
          + " application/grpc+json, application/grpc-web, application/grpc-web+proto,"
          + " application/grpc-web+json";

  /** What is around the message. */
  enum Framing {
    /** Nothing: the body is the message. */
    CONNECT("content-encoding"),
    /** Five bytes before it; the status is in the trailers of HTTP/2. */
    GRPC("grpc-encoding"),
    /** Five bytes before it; the status is a frame of its own. */
    GRPC_WEB("grpc-encoding");

    private final String encodingHeader;

    Framing(String encodingHeader) {
      this.encodingHeader = encodingHeader;
    }

    /** The header that names the compression. */
    String encodingHeader() {
      return encodingHeader;
    }
  }

  /**
   * @param contentType header of the request
   * @return empty = nothing that is taken
   */
  static Optional<PushProtocol> of(@Nullable String contentType) {
    if (contentType == null) {
      return Optional.empty();
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return Optional.ofNullable(
        switch (type) {
          case "application/proto" -> new PushProtocol(Framing.CONNECT, false, type);
          case "application/json" -> new PushProtocol(Framing.CONNECT, true, type);
          case "application/grpc", "application/grpc+proto" ->
              new PushProtocol(Framing.GRPC, false, type);
          case "application/grpc+json" -> new PushProtocol(Framing.GRPC, true, type);
          case "application/grpc-web", "application/grpc-web+proto" ->
              new PushProtocol(Framing.GRPC_WEB, false, type);
          case "application/grpc-web+json" -> new PushProtocol(Framing.GRPC_WEB, true, type);
          default -> null;
        });
  }
}
