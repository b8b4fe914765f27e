package dev.stoker.receive.pyroscope;

import dev.stoker.receive.Answer;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Answers a push in the words of its protocol. */
final class PushAnswer implements Answer {
  private static final int TRAILERS = 0x80;

  private final Arrival arrival;
  private final PushProtocol protocol;

  PushAnswer(Arrival arrival, PushProtocol protocol) {
    this.arrival = arrival;
    this.protocol = protocol;
  }

  @Override
  public boolean isGone() {
    return arrival.isGone();
  }

  @Override
  public void taken() {
    if (isGone()) {
      return;
    }
    HttpServerResponse response = arrival.response();
    response.putHeader(HttpHeaders.CONTENT_TYPE, protocol.mediaType());
    Buffer message = Buffer.buffer(protocol.json() ? "{}" : "");
    switch (protocol.framing()) {
      case CONNECT -> arrival.answer(message);
      case GRPC -> {
        response.putTrailer("grpc-status", "0");
        arrival.answer(frame(0, message));
      }
      case GRPC_WEB ->
          arrival.answer(
              frame(0, message).appendBuffer(frame(TRAILERS, Buffer.buffer("grpc-status:0\r\n"))));
    }
  }

  private static Buffer frame(int flags, Buffer content) {
    return Buffer.buffer()
        .appendByte((byte) flags)
        .appendInt(content.length())
        .appendBuffer(content);
  }

  @Override
  public void refused(Refusal refusal) {
    if (isGone()) {
      return;
    }
    HttpServerResponse response = arrival.response();
    if (refusal.kind() == Refusal.Kind.BUSY) {
      response.putHeader("Retry-After", Integer.toString(Refusal.RETRY_AFTER));
    }
    switch (protocol.framing()) {
      case CONNECT -> connect(response, refusal);
      case GRPC -> grpc(response, refusal);
      case GRPC_WEB -> grpcWeb(response, refusal);
    }
  }

  private void connect(HttpServerResponse response, Refusal refusal) {
    response
        .setStatusCode(refusal.kind().status())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    arrival.answer(
        new JsonObject()
            .put("code", Code.of(refusal.kind()).connect)
            .put("message", refusal.words())
            .toBuffer());
  }

  private void grpc(HttpServerResponse response, Refusal refusal) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, protocol.mediaType())
        .putHeader("grpc-status", Integer.toString(Code.of(refusal.kind()).grpc))
        .putHeader("grpc-message", message(refusal));
    arrival.answer(Buffer.buffer());
  }

  private void grpcWeb(HttpServerResponse response, Refusal refusal) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, protocol.mediaType());
    String trailers =
        "grpc-status:"
            + Code.of(refusal.kind()).grpc
            + "\r\ngrpc-message:"
            + message(refusal)
            + "\r\n";
    arrival.answer(frame(TRAILERS, Buffer.buffer(trailers)));
  }

  private static String message(Refusal refusal) {
    return URLEncoder.encode(refusal.words(), StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What Connect and gRPC call a refusal. */
  private enum Code {
    INVALID_ARGUMENT("invalid_argument", 3),
    DEADLINE_EXCEEDED("deadline_exceeded", 4),
    UNIMPLEMENTED("unimplemented", 12),
    INTERNAL("internal", 13),
    UNAVAILABLE("unavailable", 14),
    UNAUTHENTICATED("unauthenticated", 16);

    private final String connect;
    private final int grpc;

    Code(String connect, int grpc) {
      this.connect = connect;
      this.grpc = grpc;
    }

    static Code of(Refusal.Kind kind) {
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
}
