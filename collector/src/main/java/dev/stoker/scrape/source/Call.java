package dev.stoker.scrape.source;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.ExchangeException;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.scrape.fetch.FetchErrors;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.source.TargetCalls.Answer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** One request that is on its way. Owned by the control context. */
public final class Call {
  private static final int ERROR_PREVIEW = 4 << 10;
  private static final int SHOWN = 300;

  private final TargetCalls.Sink sink;
  private final String socket;
  private final ClientAccess settings;
  private final HttpExchange exchange;
  private final Future<Answer> answer;
  private @Nullable Conversation conversation;

  /** The beginning of an answer that is not 2xx; null = it is, or none has come. */
  private @Nullable Buffer refusal;

  Call(
      WatchedClient client,
      ClientAccess settings,
      HttpExchange.Request request,
      String socket,
      TargetCalls.Sink sink) {
    this.socket = socket;
    this.sink = sink;
    this.settings = settings;
    this.exchange = HttpExchange.start(client, settings, request, new Body());
    this.answer =
        exchange
            .result()
            .map(this::answer)
            .recover(
                failure ->
                    Future.failedFuture(
                        failure instanceof ExchangeException known ? failed(known) : failure));
  }

  /** Fails with {@link CallFailed}; an answer that is not 2xx is no failure. */
  public Future<Answer> answer() {
    return answer;
  }

  /** Bytes that the sink keeps count as the conversation's from now on. */
  void within(Conversation owner) {
    conversation = owner;
  }

  /** Drops it; harmless when it has ended. */
  public void cancel() {
    exchange.stop();
  }

  private Answer answer(Head head) {
    return new Answer(
        head.status(),
        head.header(HttpHeaders.LOCATION),
        refusal == null ? "" : text(refusal.toString()));
  }

  private CallFailed failed(ExchangeException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE ->
          new CallFailed(
              Outcome.UNREACHABLE,
              FetchErrors.unreachable(
                  socket, failure.reason(), settings.reason(failure.url(), failure.reason())));
      case BROKEN -> broken(failure);
      case STOPPED -> new CallFailed(Outcome.CANCELLED, "stopped while running");
      case TIMEOUT, REDIRECT_LOOP, BAD_REDIRECT ->
          new CallFailed(Outcome.HTTP, String.valueOf(failure.getMessage()));
    };
  }

  private CallFailed broken(ExchangeException failure) {
    Throwable cause = NoAnswerException.behind(failure.reason());
    return new CallFailed(
        Outcome.UNREACHABLE,
        (cause instanceof NoAnswerException ? "" : "connection broke: ")
            + FailureMessages.of(cause)
            + settings.hint(failure.url(), cause));
  }

  /** One line, bounded: error bodies come from strangers. */
  private String text(String body) {
    String line = settings.redact(body).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
  }

  private final class Body implements HttpExchange.Receiver {
    @Override
    public void head(HttpExchange from, Head head) {
      refusal = head.ok() ? null : Buffer.buffer();
    }

    @Override
    public Future<Void> data(HttpExchange from, Buffer data) {
      Buffer preview = refusal;
      if (preview == null) {
        return room(data).compose(ignored -> take(data));
      }
      preview.appendBuffer(data.slice(0, Math.min(data.length(), ERROR_PREVIEW)));
      if (preview.length() >= ERROR_PREVIEW) {
        from.enough();
      }
      return Future.succeededFuture();
    }

    /** More is read when there is memory for what has come. */
    private Future<Void> room(Buffer data) {
      Conversation owner = conversation;
      if (owner == null) {
        return Future.succeededFuture();
      }
      owner.arrived(data.length());
      return owner.hold(sink.held() + data.length());
    }

    private Future<Void> take(Buffer data) {
      try {
        if (!answer.isComplete()) {
          sink.data(data);
        }
        return Future.succeededFuture();
      } catch (CallFailed refused) {
        return Future.failedFuture(refused);
      }
    }
  }
}
