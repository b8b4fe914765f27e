package dev.stoker.source;

import dev.stoker.http.FailureWords;
import dev.stoker.http.HttpSettings;
import dev.stoker.http.NoAnswerException;
import dev.stoker.scrape.Outcome;
import dev.stoker.source.TargetCalls.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/** One request on its way. Control context only. */
public final class Call {
  private static final int ERROR_PREVIEW = 4 << 10;
  private static final int SHOWN = 300;

  private final TargetCalls.Request asked;
  private final TargetCalls.Sink sink;
  private final HttpSettings settings;
  private final Promise<Answer> promise = Promise.promise();
  private @Nullable HttpClientRequest request;
  private @Nullable Conversation conversation;

  Call(TargetCalls.Request asked, TargetCalls.Sink sink, HttpSettings settings) {
    this.asked = asked;
    this.sink = sink;
    this.settings = settings;
  }

  /** Fails with {@link CallFailed}; an answer that is not 2xx is no failure. */
  public Future<Answer> answer() {
    return promise.future();
  }

  /** What its sink keeps counts as the conversation's from now on. */
  void within(Conversation owner) {
    conversation = owner;
  }

  /** Drops it; harmless when it has ended. */
  public void cancel() {
    fail(Outcome.CANCELLED, "stopped while running");
  }

  void unreachable(Throwable cause) {
    fail(Outcome.UNREACHABLE, settings.reason(asked.url(), cause));
  }

  void send(HttpClientRequest opened) {
    if (promise.future().isComplete()) {
      opened.reset();
      return;
    }
    request = opened;
    opened.exceptionHandler(this::broken);
    Future<HttpClientResponse> response =
        asked.json() == null ? opened.send() : opened.send(asked.json());
    response.onSuccess(this::answered).onFailure(this::broken);
  }

  private void broken(Throwable failure) {
    Throwable cause = NoAnswerException.behind(failure);
    fail(
        Outcome.UNREACHABLE,
        (cause instanceof NoAnswerException ? "" : "connection broke: ")
            + FailureWords.of(cause)
            + settings.hint(asked.url(), cause));
  }

  private void answered(HttpClientResponse response) {
    settings.answered(response.statusCode(), true);
    response.exceptionHandler(this::broken);
    String header = response.getHeader("Location");
    String location = header == null ? "" : header;
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      response.handler(data -> arrived(response, data));
      response.endHandler(ignored -> promise.tryComplete(new Answer(status, location, "")));
      return;
    }
    Buffer preview = Buffer.buffer();
    Runnable finish =
        () -> promise.tryComplete(new Answer(status, location, text(preview.toString())));
    response.handler(
        data -> {
          preview.appendBuffer(data.slice(0, Math.min(data.length(), ERROR_PREVIEW)));
          if (preview.length() >= ERROR_PREVIEW) {
            finish.run();
            drop();
          }
        });
    response.endHandler(ignored -> finish.run());
  }

  /** Reads on when there is memory for what has come. */
  private void arrived(HttpClientResponse response, Buffer data) {
    Conversation owner = conversation;
    if (owner == null || promise.future().isComplete()) {
      data(data);
      return;
    }
    owner.arrived(data.length());
    Future<Void> room = owner.hold(sink.held() + data.length());
    if (room.succeeded()) {
      data(data);
      return;
    }
    response.pause();
    room.onSuccess(
        ignored -> {
          data(data);
          response.resume();
        });
  }

  private void data(Buffer data) {
    if (promise.future().isComplete()) {
      return;
    }
    try {
      sink.data(data);
    } catch (CallFailed refused) {
      fail(refused.outcome(), refused.getMessage());
    }
  }

  /** One line, bounded: error bodies come from strangers. */
  private String text(String body) {
    String line = settings.redact(body).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
  }

  private void fail(Outcome outcome, String message) {
    if (promise.tryFail(new CallFailed(outcome, message))) {
      drop();
    }
  }

  private void drop() {
    HttpClientRequest current = request;
    request = null;
    if (current != null) {
      current.reset();
    }
  }
}
