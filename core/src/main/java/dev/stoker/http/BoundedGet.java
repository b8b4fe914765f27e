package dev.stoker.http;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GET for discovery: an answer of bounded size within a bounded time, or a failure whose message is
 * for people. Control context only.
 */
public final class BoundedGet {
  private final BoundedExchange exchange;

  /**
   * @param timeout of everything together
   * @param maxBytes of the body, after gunzip
   */
  public record Limits(Duration timeout, long maxBytes) {}

  /** A whole answer. */
  public record Answer(int status, String contentType, Buffer body) {}

  public BoundedGet(
      Vertx vertx, Timers timers, HttpSettings settings, Limits limits, String userAgent) {
    this.exchange =
        new BoundedExchange(
            vertx,
            timers,
            settings,
            new BoundedExchange.Limits(limits.timeout(), limits.maxBytes()),
            userAgent);
  }

  /**
   * @param socket path of a unix socket to use instead of the URL's host; null = none
   */
  public Future<Answer> get(URI url, Map<String, String> headers, @Nullable String socket) {
    return exchange
        .run(new BoundedExchange.Request(url, headers, null, socket))
        .map(answer -> new Answer(answer.status(), answer.contentType(), answer.body()));
  }

  /** See {@link HttpSettings#redact}. */
  public String redact(String answer) {
    return exchange.redact(answer);
  }

  public void close() {
    exchange.close();
  }
}
