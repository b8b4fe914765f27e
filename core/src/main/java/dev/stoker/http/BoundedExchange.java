package dev.stoker.http;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and an answer of bounded size within a bounded time, or a failure whose message is
 * for people. Below Web Client on Vert.x' HttpClient: a request that is over a bound is reset, so
 * that its connection is neither read on nor kept. Control context only.
 */
final class BoundedExchange {
  private static final int MAX_REDIRECTS = 10;

  private final WatchedClient client;
  private final Timers timers;
  private final HttpSettings settings;
  private final Limits limits;
  private final String userAgent;

  /**
   * @param timeout of everything together; Vert.x' own timeouts are idle timeouts
   * @param maxBytes of the body, after gunzip
   */
  record Limits(Duration timeout, long maxBytes) {}

  /**
   * @param body null = GET, else POST
   * @param socket path of a unix socket to use instead of the URL's host; null = none
   */
  record Request(
      URI url, Map<String, String> headers, @Nullable Buffer body, @Nullable String socket) {}

  /** A whole answer. */
  record Answer(int status, String contentType, Buffer body) {}

  BoundedExchange(
      Vertx vertx, Timers timers, HttpSettings settings, Limits limits, String userAgent) {
    this.client =
        new WatchedClient(
            vertx,
            timers,
            HttpSettings.clientOptions().setDecompressionSupported(true),
            new PoolOptions());
    this.timers = timers;
    this.settings = settings;
    this.limits = limits;
    this.userAgent = userAgent;
  }

  Future<Answer> run(Request request) {
    Exchange exchange = new Exchange(request);
    exchange.start(request.url());
    return exchange.promise.future();
  }

  String redact(String answer) {
    return settings.redact(answer);
  }

  void close() {
    client.close();
    settings.close();
  }

  /** One request with its redirects. */
  private final class Exchange {
    private final Request asked;
    private final Promise<Answer> promise = Promise.promise();
    private final Buffer body = Buffer.buffer();
    private final Timers.Cancellable deadline;
    private @Nullable HttpClientRequest request;
    private int redirects;

    Exchange(Request asked) {
      this.asked = asked;
      this.deadline =
          timers.after(
              limits.timeout().toMillis(),
              () -> end("no whole answer within " + limits.timeout().toSeconds() + " s"));
    }

    void start(URI url) {
      RequestOptions options =
          new RequestOptions()
              .setAbsoluteURI(url.toString())
              .setMethod(asked.body() == null ? HttpMethod.GET : HttpMethod.POST)
              .setConnectTimeout(limits.timeout().toMillis())
              .putHeader("User-Agent", userAgent);
      asked.headers().forEach(options::putHeader);
      if (asked.socket() != null) {
        options.setServer(SocketAddress.domainSocketAddress(asked.socket()));
      }
      settings
          .request(client, options, url, isFirst(url))
          .onSuccess(opened -> send(opened, url))
          .onFailure(failure -> fail(url, failure));
    }

    private boolean isFirst(URI url) {
      return HttpSettings.sameOrigin(url, asked.url());
    }

    private void send(HttpClientRequest opened, URI url) {
      if (promise.future().isComplete()) {
        opened.reset();
        return;
      }
      request = opened;
      opened.exceptionHandler(failure -> fail(opened, url, failure));
      Future<HttpClientResponse> answer =
          asked.body() == null ? opened.send() : opened.send(asked.body());
      answer
          .onSuccess(response -> answered(opened, url, response))
          .onFailure(failure -> fail(opened, url, failure));
    }

    private void answered(HttpClientRequest opened, URI url, HttpClientResponse response) {
      settings.answered(response.statusCode(), isFirst(url));
      response.exceptionHandler(failure -> fail(opened, url, failure));
      String location = response.getHeader("Location");
      boolean redirect = response.statusCode() >= 300 && response.statusCode() < 400;
      if (redirect && location != null && asked.body() == null && settings.followRedirects()) {
        redirect(opened, url, location);
      } else {
        read(response);
      }
    }

    private void redirect(HttpClientRequest opened, URI url, String location) {
      URI next = HttpSettings.redirect(url, location);
      if (next == null) {
        end("redirected to an invalid location");
      } else if (++redirects > MAX_REDIRECTS) {
        end("redirected more than " + MAX_REDIRECTS + " times");
      } else {
        request = null;
        opened.reset();
        start(next);
      }
    }

    private void read(HttpClientResponse response) {
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

    /** A request that was dropped for a redirect fails too, which is no news. */
    private void fail(HttpClientRequest failed, URI url, Throwable failure) {
      if (request == failed) {
        fail(url, failure);
      }
    }

    private void fail(URI url, Throwable failure) {
      end(settings.reason(url, failure));
    }

    /** The reset makes the client's own handlers fail too, which is no news then. */
    private void end(String why) {
      deadline.cancel();
      if (promise.tryFail(why) && request != null) {
        request.reset();
      }
    }
  }
}
