package dev.stoker.receive.pyroscope;

import dev.stoker.receive.Answer;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** Answers in plain HTTP, as <code>/ingest</code> does, and where no protocol is known. */
final class PlainAnswer implements Answer {
  private final Arrival arrival;

  PlainAnswer(Arrival arrival) {
    this.arrival = arrival;
  }

  @Override
  public boolean isGone() {
    return arrival.isGone();
  }

  @Override
  public void taken() {
    arrival.answer(Buffer.buffer());
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
    response
        .setStatusCode(refusal.kind().status())
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
    arrival.answer(Buffer.buffer(refusal.words() + "\n"));
  }
}
