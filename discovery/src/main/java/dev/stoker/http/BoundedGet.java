package dev.stoker.http;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GET for discovery: an answer of bounded size within a bounded time, or a failure whose message is
 * for people. Below Web Client on Vert.x' HttpClient: a request that is over a bound is reset, so
 * that its connection is neither read on nor kept. Control context only.
 */
public final class BoundedGet {
  private final HttpClient client;
  private final Timers timers;
  private final HttpSettings settings;
  private final Limits limits;
  private final String userAgent;

  /**
   * @param timeout of everything together; Vert.x' own timeouts are idle timeouts
   * @param maxBytes of the body, after gunzip
   */
  public record Limits(Duration timeout, long maxBytes) {}

  /** A whole answer. */
  public record Answer(int status, String contentType, Buffer body) {}

  public BoundedGet(
      Vertx vertx, Timers timers, HttpSettings settings, Limits limits, String userAgent) {
    this.client = vertx.createHttpClient(new HttpClientOptions().setDecompressionSupported(true));
    this.timers = timers;
    this.settings = settings;
    this.limits = limits;
    this.userAgent = userAgent;
  }

  /**
   * @param socket path of a unix socket to use instead of the URL's host; null = none
   */
  public Future<Answer> get(URI url, Map<String, String> headers, @Nullable String socket) {
    if (!settings.problem().isEmpty()) {
      return Future.failedFuture(settings.problem());
    }
    RequestOptions options = new RequestOptions().setAbsoluteURI(url.toString());
    options
        .setMethod(HttpMethod.GET)
        .setFollowRedirects(settings.followRedirects())
        .setConnectTimeout(limits.timeout().toMillis())
        .putHeader("User-Agent", userAgent);
    headers.forEach(options::putHeader);
    settings.apply(options, url, true);
    if (socket != null) {
      options.setServer(SocketAddress.domainSocketAddress(socket));
    }
    Fetch fetch = new Fetch(url);
    fetch.start(options);
    return fetch.promise.future();
  }

  public void close() {
    client.close();
    settings.close();
  }

  /** One request. */
  private final class Fetch {
    private final URI url;
    private final Promise<Answer> promise = Promise.promise();
    private final Buffer body = Buffer.buffer();
    private final Timers.Cancellable deadline;
    private @Nullable HttpClientRequest request;

    Fetch(URI url) {
      this.url = url;
      this.deadline =
          timers.after(
              limits.timeout().toMillis(),
              () -> end("no whole answer within " + limits.timeout().toSeconds() + " s"));
    }

    void start(RequestOptions options) {
      client.request(options).onSuccess(this::send).onFailure(failure -> end(reason(failure)));
    }

    private void send(HttpClientRequest opened) {
      request = opened;
      if (promise.future().isComplete()) {
        opened.reset();
        return;
      }
      settings.apply(opened, url);
      opened.exceptionHandler(failure -> end(reason(failure)));
      opened.send().onSuccess(this::read).onFailure(failure -> end(reason(failure)));
    }

    private void read(HttpClientResponse response) {
      response.exceptionHandler(failure -> end(reason(failure)));
      response.handler(
          data -> {
            if (body.length() + (long) data.length() > limits.maxBytes()) {
              end("the answer is larger than " + (limits.maxBytes() >> 20) + " MiB");
            } else if (!promise.future().isComplete()) {
              body.appendBuffer(data);
            }
          });
      response.endHandler(
          ignored -> {
            deadline.cancel();
            String type = response.getHeader("Content-Type");
            promise.tryComplete(new Answer(response.statusCode(), type == null ? "" : type, body));
          });
    }

    /** The reset makes the client's own handlers fail too, which is no news then. */
    private void end(String why) {
      deadline.cancel();
      if (promise.tryFail(why) && request != null) {
        request.reset();
      }
    }

    private String reason(Throwable failure) {
      if (failure instanceof UnknownHostException) {
        return "cannot resolve host \"" + url.getHost() + "\"";
      }
      if (failure instanceof ConnectException) {
        return "cannot connect to " + url.getAuthority() + ": refused or unreachable";
      }
      String message = failure.getMessage();
      return message == null ? failure.getClass().getSimpleName() : message;
    }
  }
}
