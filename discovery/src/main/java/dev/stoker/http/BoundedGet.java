package dev.stoker.http;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GET for discovery: an answer of bounded size within a bounded time, or a failure whose message is
 * for people. Control context only.
 */
public final class BoundedGet {
  private final WebClient client;
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
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setFollowRedirects(settings.followRedirects())
                .setDecompressionSupported(true)
                .setUserAgentEnabled(false));
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
    options.setMethod(HttpMethod.GET).putHeader("User-Agent", userAgent);
    headers.forEach(options::putHeader);
    settings.apply(options, url, true);
    if (socket != null) {
      options.setServer(SocketAddress.domainSocketAddress(socket));
    }
    Sink sink = new Sink();
    Promise<Answer> promise = Promise.promise();
    Timers.Cancellable deadline =
        timers.after(
            limits.timeout().toMillis(),
            () -> {
              sink.refuse = "no whole answer within " + limits.timeout().toSeconds() + " s";
              promise.tryFail(sink.refuse);
            });
    HttpRequest<Void> request =
        client.request(HttpMethod.GET, options).as(BodyCodec.pipe(sink, false));
    request
        .send()
        .onSuccess(response -> promise.tryComplete(answer(response, sink)))
        .onFailure(
            failure -> promise.tryFail(sink.refuse.isEmpty() ? reason(url, failure) : sink.refuse))
        .onComplete(ignored -> deadline.cancel());
    return promise.future();
  }

  private static Answer answer(HttpResponse<Void> response, Sink sink) {
    String type = response.getHeader("Content-Type");
    return new Answer(response.statusCode(), type == null ? "" : type, sink.body);
  }

  private static String reason(URI url, Throwable failure) {
    if (failure instanceof UnknownHostException) {
      return "cannot resolve host \"" + url.getHost() + "\"";
    }
    if (failure instanceof ConnectException) {
      return "cannot connect to " + url.getAuthority() + ": refused or unreachable";
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  public void close() {
    client.close();
    settings.close();
  }

  /** Takes the body, up to the limit; refusing a write ends the request. */
  private final class Sink implements WriteStream<Buffer> {
    private final Buffer body = Buffer.buffer();
    private String refuse = "";

    @Override
    public Future<Void> write(Buffer data) {
      if (body.length() + (long) data.length() > limits.maxBytes()) {
        refuse = "the answer is larger than " + (limits.maxBytes() >> 20) + " MiB";
      }
      if (!refuse.isEmpty()) {
        return Future.failedFuture(refuse);
      }
      body.appendBuffer(data);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
      return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return false;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
      return this;
    }
  }
}
