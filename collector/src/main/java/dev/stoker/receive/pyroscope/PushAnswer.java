package dev.stoker.receive.pyroscope;

import dev.stoker.receive.Answer;
import dev.stoker.receive.Grpc;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

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
      arrival.release();
      return;
    }
    HttpServerResponse response = arrival.response();
    response.putHeader(HttpHeaders.CONTENT_TYPE, protocol.mediaType());
    Buffer message = Buffer.buffer(protocol.json() ? "{}" : "");
    switch (protocol.framing()) {
      case CONNECT -> arrival.answer(message);
      case GRPC -> Grpc.answer(arrival, protocol.mediaType(), message);
      case GRPC_WEB ->
          arrival.answer(
              Grpc.frame(0, message)
                  .appendBuffer(Grpc.frame(TRAILERS, Buffer.buffer("grpc-status:0\r\n"))));
    }
  }

  @Override
  public void refused(Refusal refusal) {
    if (isGone()) {
      arrival.release();
      return;
    }
    HttpServerResponse response = arrival.response();
    if (refusal.kind() == Refusal.Kind.BUSY) {
      response.putHeader("Retry-After", Integer.toString(Refusal.RETRY_AFTER));
    }
    switch (protocol.framing()) {
      case CONNECT -> connect(response, refusal);
      case GRPC -> Grpc.refuse(arrival, protocol.mediaType(), refusal);
      case GRPC_WEB -> grpcWeb(response, refusal);
    }
  }

  private void connect(HttpServerResponse response, Refusal refusal) {
    response
        .setStatusCode(refusal.kind().status())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    arrival.answer(
        new JsonObject()
            .put("code", Grpc.Code.of(refusal.kind()).name().toLowerCase(Locale.ROOT))
            .put("message", refusal.words())
            .toBuffer());
  }

  private void grpcWeb(HttpServerResponse response, Refusal refusal) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, protocol.mediaType());
    String trailers =
        "grpc-status:"
            + Grpc.Code.of(refusal.kind()).number()
            + "\r\ngrpc-message:"
            + Grpc.escaped(refusal.words())
            + "\r\n";
    arrival.answer(Grpc.frame(TRAILERS, Buffer.buffer(trailers)));
  }
}
