package dev.stoker.receive.otlp;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.receive.Answer;
import dev.stoker.receive.Grpc;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * Answers as OTLP wants it: an <code>ExportProfilesServiceResponse</code>, or a <code>
 * google.rpc.Status</code>. Owned by the control context.
 */
final class OtlpAnswer implements Answer {
  private static final int VARINT = 0;

  private final Arrival arrival;
  private final OtlpWay way;
  private int rejected;
  private String reason = "";

  OtlpAnswer(Arrival arrival, OtlpWay way) {
    this.arrival = arrival;
    this.way = way;
  }

  /** Profiles of the request that cannot be taken, though the others may be. */
  void rejected(int profiles, String why) {
    rejected = profiles;
    reason = why;
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
    switch (way) {
      case GRPC -> Grpc.answer(arrival, way.mediaType(), proto());
      case PROTO -> plain(proto());
      case JSON -> plain(json().toBuffer());
    }
  }

  private void plain(Buffer message) {
    arrival.response().putHeader(HttpHeaders.CONTENT_TYPE, way.mediaType());
    arrival.answer(message);
  }

  private Buffer proto() {
    ByteSink response = new ByteSink();
    if (rejected > 0) {
      ByteSink partial = new ByteSink();
      partial.tag(OtlpFields.Response.REJECTED_PROFILES, VARINT);
      partial.varint(rejected);
      text(partial, OtlpFields.Response.ERROR_MESSAGE, reason);
      response.field(OtlpFields.Response.PARTIAL_SUCCESS, partial.bytes, 0, partial.size);
    }
    return buffer(response);
  }

  private static void text(ByteSink sink, int field, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sink.field(field, bytes, 0, bytes.length);
  }

  private static Buffer buffer(ByteSink sink) {
    return Buffer.buffer(java.util.Arrays.copyOf(sink.bytes, sink.size));
  }

  private JsonObject json() {
    return rejected == 0
        ? new JsonObject()
        : new JsonObject()
            .put(
                "partialSuccess",
                new JsonObject()
                    .put("rejectedProfiles", Integer.toString(rejected))
                    .put("errorMessage", reason));
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
    if (way == OtlpWay.GRPC) {
      Grpc.refuse(arrival, way.mediaType(), refusal);
      return;
    }
    response.setStatusCode(refusal.kind().status());
    plain(status(refusal));
  }

  private Buffer status(Refusal refusal) {
    int code = Grpc.Code.of(refusal.kind()).number();
    if (way == OtlpWay.JSON) {
      return new JsonObject().put("code", code).put("message", refusal.words()).toBuffer();
    }
    ByteSink status = new ByteSink();
    status.tag(1, VARINT);
    status.varint(code);
    text(status, 2, refusal.words());
    return buffer(status);
  }
}
