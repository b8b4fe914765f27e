package dev.stoker.receive.otlp;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a request and its answer are written, by its media type. */
enum OtlpWay {
  GRPC("application/grpc", "grpc-encoding"),
  PROTO("application/x-protobuf", "content-encoding"),
  JSON("application/json", "content-encoding");

  private final String mediaType;
  private final String encodingHeader;

  OtlpWay(String mediaType, String encodingHeader) {
    this.mediaType = mediaType;
    this.encodingHeader = encodingHeader;
  }

  String mediaType() {
    return mediaType;
  }

  /** The header that names the compression. */
  String encodingHeader() {
    return encodingHeader;
  }

  /**
   * @param contentType header of the request
   * @return empty = nothing that is taken
   */
  static Optional<OtlpWay> of(@Nullable String contentType) {
    if (contentType == null) {
      return Optional.empty();
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return Optional.ofNullable(
        switch (type) {
          case "application/grpc", "application/grpc+proto" -> GRPC;
          case "application/x-protobuf", "application/protobuf" -> PROTO;
          case "application/json" -> JSON;
          default -> null;
        });
  }
}
