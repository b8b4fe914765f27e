package dev.stoker.http.client;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks for whole answers: of bounded size, within a bounded time, or a failure whose message is for
 * people. Control context only.
 */
public final class BoundedClient {
  private final WatchedClient client;
  private final ClientAccess settings;
  private final Limits limits;
  private final String userAgent;

  /**
   * @param timeout of everything together
   * @param maxBytes of the body, after gunzip
   */
  public record Limits(Duration timeout, long maxBytes) {}

  /** A whole answer. */
  public record Answer(int status, String contentType, Buffer body) {}

  /**
   * @param settings closed with this
   */
  public BoundedClient(
      Vertx vertx, Timers timers, ClientAccess settings, Limits limits, String userAgent) {
    this.client = new WatchedClient(vertx, timers, WatchedClient.Options.DEFAULT);
    this.settings = settings;
    this.limits = limits;
    this.userAgent = userAgent;
  }

  /**
   * Redirects are followed when the settings say so.
   *
   * @param socket path of a unix socket to use instead of the URL's host; null = none
   */
  public Future<Answer> get(URI url, Map<String, String> headers, @Nullable String socket) {
    RequestOptions options = options(HttpMethod.GET, headers);
    if (socket != null) {
      options.setServer(SocketAddress.domainSocketAddress(socket));
    }
    return ask(url, options, null);
  }

  /** Redirects are not followed: what is sent is for this URL. */
  Future<Answer> post(URI url, Map<String, String> headers, Buffer body) {
    return ask(url, options(HttpMethod.POST, headers), body);
  }

  private RequestOptions options(HttpMethod method, Map<String, String> headers) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setConnectTimeout(limits.timeout().toMillis())
            .putHeader(HttpHeaders.USER_AGENT, userAgent);
    headers.forEach(options::putHeader);
    return options;
  }

  private Future<Answer> ask(URI url, RequestOptions options, @Nullable Buffer body) {
    Buffer answer = Buffer.buffer();
    HttpExchange.Receiver receiver =
        (exchange, data) -> {
          if (answer.length() + (long) data.length() > limits.maxBytes()) {
            return Future.failedFuture(
                "the answer is larger than " + (limits.maxBytes() >> 20) + " MiB");
          }
          answer.appendBuffer(data);
          return Future.succeededFuture();
        };
    return HttpExchange.start(
            client,
            settings,
            new HttpExchange.Request(url, options, body, body == null, limits.timeout().toMillis()),
            receiver)
        .result()
        .map(head -> answer(head, answer))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ExchangeException known
                        ? words(known)
                        : String.valueOf(failure.getMessage())));
  }

  private static Answer answer(Head head, Buffer body) {
    return new Answer(head.status(), head.header(HttpHeaders.CONTENT_TYPE), body);
  }

  private String words(ExchangeException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE, BROKEN -> settings.reason(failure.url(), failure.reason());
      case TIMEOUT -> "no whole answer within " + limits.timeout().toSeconds() + " s";
      case REDIRECT_LOOP -> "redirected more than " + HttpExchange.maxRedirects() + " times";
      case BAD_REDIRECT -> "redirected to an invalid location";
      case STOPPED -> "stopped";
    };
  }

  /** See {@link ClientAccess#redact}. */
  public String redact(String answer) {
    return settings.redact(answer);
  }

  public void close() {
    client.close();
    settings.close();
  }
}
