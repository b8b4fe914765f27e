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
 * Asks for whole answers of a bounded size, within a bounded time. A failure has a message for
 * people. The bytes of an answer belong to the caller.
 */
public final class BoundedClient {
  private final WatchedClient client;
  private final ClientAccess access;
  private final Limits limits;
  private final String userAgent;

  /**
   * The bounds of one request.
   *
   * @param timeout for everything together, redirects and the body included
   * @param maxBytes bytes of the body after gunzip
   */
  public record Limits(Duration timeout, long maxBytes) {}

  /**
   * A whole answer of any status.
   *
   * @param contentType the media type, or "" if the answer has none
   */
  public record Answer(int status, String contentType, Buffer body) {}

  /**
   * @param access how requests get access; it is closed with this client
   */
  public BoundedClient(
      Vertx vertx, Timers timers, ClientAccess access, Limits limits, String userAgent) {
    this.client = new WatchedClient(vertx, timers, WatchedClient.Options.DEFAULT);
    this.access = access;
    this.limits = limits;
    this.userAgent = userAgent;
  }

  /**
   * Asks with GET. Redirects are followed if the settings say so.
   *
   * @param socket path of a unix socket to use instead of the URL's host, or null
   */
  public Future<Answer> get(URI url, Map<String, String> headers, @Nullable String socket) {
    RequestOptions options = options(HttpMethod.GET, headers);
    if (socket != null) {
      options.setServer(SocketAddress.domainSocketAddress(socket));
    }
    return ask(url, options, null);
  }

  /** Asks with POST. Redirects are not followed, because what is sent is for this URL. */
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
            access,
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
      case UNREACHABLE, BROKEN -> access.reason(failure.url(), failure.reason());
      case TIMEOUT -> "no whole answer within " + limits.timeout().toSeconds() + " s";
      case REDIRECT_LOOP -> "redirected more than " + HttpExchange.maxRedirects() + " times";
      case BAD_REDIRECT -> "redirected to an invalid location";
      case STOPPED -> "stopped";
    };
  }

  /** See {@link ClientAccess#redact}. */
  public String redact(String answer) {
    return access.redact(answer);
  }

  public void close() {
    client.close();
    access.close();
  }
}
