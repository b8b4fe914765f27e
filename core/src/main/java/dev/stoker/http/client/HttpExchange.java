package dev.stoker.http.client;

import dev.stoker.concurrent.Deadline;
import dev.stoker.http.address.Origins;
import dev.stoker.http.address.Urls;
import dev.stoker.http.client.ExchangeException.Kind;
import dev.stoker.http.connection.RequestSteps;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request with its redirects, on Vert.x Web Client: every request of Stoker is one of these. It
 * has the settings' credentials where they may go, one total deadline (Vert.x' own time-outs are
 * idle time-outs), and an answer that is handed on piece by piece, no faster than it is taken. An
 * exchange that ends early resets its request, so that the connection is neither read on nor kept.
 * Control context only.
 */
public final class HttpExchange {
  private static final int MAX_REDIRECTS = 10;

  /**
   * Bytes of a body up to which it is sent as one, because pieces would cost more than they save.
   */
  private static final int WHOLE_BODY = 2 * BodyPieces.PIECE;

  private final WatchedClient client;
  private final ClientAccess settings;
  private final Request request;
  private final Receiver receiver;
  private final Promise<Head> promise = Promise.promise();
  private final @Nullable Deadline deadline;
  private @Nullable Hop hop;
  private @Nullable Head head;
  private URI at;
  private int redirects;
  private Stage stage = Stage.CONNECTING;

  /**
   * What is asked for.
   *
   * @param options method, headers, and what else the connection needs; the URL is put in here
   * @param body null = none
   * @param followRedirects if the settings allow it; otherwise a redirect is an answer like others
   * @param deadlineMillis of everything together; 0 = whoever asks ends it
   */
  public record Request(
      URI url,
      RequestOptions options,
      @Nullable Buffer body,
      boolean followRedirects,
      long deadlineMillis) {}

  /** Status line and headers of an answer. */
  public record Head(int status, MultiMap headers) {
    /** "" = there is none. */
    public String header(CharSequence name) {
      String value = headers.get(name);
      return value == null ? "" : value;
    }

    public boolean ok() {
      return status >= 200 && status < 300;
    }
  }

  /** How far an exchange has come. */
  public enum Stage {
    CONNECTING,
    REDIRECTED,
    WAITING,
    READING
  }

  /** Takes the answer that no redirect leads away from. It may end the exchange in each call. */
  public interface Receiver {
    /**
     * The last word on the headers of a request that has been opened: those of the settings are on
     * it.
     */
    default void sending(MultiMap headers) {}

    default void head(HttpExchange exchange, Head head) {}

    /**
     * @return the next piece is read when it is complete; a failure ends the exchange with it
     */
    Future<Void> data(HttpExchange exchange, Buffer data);
  }

  private HttpExchange(
      WatchedClient client, ClientAccess settings, Request request, Receiver receiver) {
    this.client = client;
    this.settings = settings;
    this.request = request;
    this.receiver = receiver;
    this.at = request.url();
    this.deadline =
        request.deadlineMillis() == 0
            ? null
            : new Deadline(
                client.timers(),
                request.deadlineMillis(),
                () -> fail(new ExchangeException(Kind.TIMEOUT, at, "", null)));
  }

  /** Starts it. The receiver is called later. */
  public static HttpExchange start(
      WatchedClient client, ClientAccess settings, Request request, Receiver receiver) {
    HttpExchange exchange = new HttpExchange(client, settings, request, receiver);
    exchange.next(request.url());
    return exchange;
  }

  /**
   * Completes when the answer is whole or {@link #enough}; fails with {@link ExchangeException}, or
   * with what {@link #fail} was given.
   */
  public Future<Head> result() {
    return promise.future();
  }

  public Stage stage() {
    return stage;
  }

  /** The rest of the answer is not wanted. */
  public void enough() {
    Head answer = head;
    drop();
    if (answer != null) {
      promise.tryComplete(answer);
    }
  }

  /** Ends it: {@link Kind#STOPPED}; harmless when it has ended. */
  public void stop() {
    fail(new ExchangeException(Kind.STOPPED, at, "", null));
  }

  /** Ends it; harmless when it has ended. */
  public void fail(Throwable why) {
    drop();
    promise.tryFail(why);
  }

  private void drop() {
    Hop current = leave();
    if (current != null && current.opened != null) {
      current.opened.reset();
    }
  }

  /** What its hop tells from now on is no news. */
  private @Nullable Hop leave() {
    if (deadline != null) {
      deadline.pause();
    }
    Hop current = hop;
    hop = null;
    return current;
  }

  private void next(URI url) {
    at = url;
    Hop started = new Hop(url);
    hop = started;
    started.send();
  }

  /** The one credential rule: they go to the origin that the request is for, and nowhere else. */
  private boolean isTrusted(URI url) {
    return Origins.same(url, request.url());
  }

  private void redirect(String location) {
    URI next = Origins.redirect(at, location);
    if (++redirects > MAX_REDIRECTS) {
      fail(new ExchangeException(Kind.REDIRECT_LOOP, at, location, null));
    } else if (next == null) {
      fail(new ExchangeException(Kind.BAD_REDIRECT, at, location, null));
    } else {
      Hop left = hop;
      hop = null;
      if (left != null && left.opened != null) {
        left.opened.reset();
      }
      stage = Stage.REDIRECTED;
      next(next);
    }
  }

  /** How many redirects are followed. */
  public static int maxRedirects() {
    return MAX_REDIRECTS;
  }

  /** One request of the exchange, and the stream that takes its answer. */
  private final class Hop implements BodyCodec<Void>, BodyStream<Void>, RequestSteps {
    private final URI url;
    private final Promise<Void> whole = Promise.promise();
    private @Nullable HttpClientRequest opened;
    private @Nullable Handler<Void> drained;
    private boolean full;

    /** What is sent, where it is sent in pieces. */
    private @Nullable BodyPieces pieces;

    Hop(URI url) {
      this.url = url;
    }

    void send() {
      RequestOptions options = new RequestOptions(request.options()).setAbsoluteURI(url.toString());
      HttpRequest<Void> asked = client.web().request(options).as(this);
      send(asked).onSuccess(ignored -> ended()).onFailure(this::broken);
    }

    private Future<?> send(HttpRequest<Void> asked) {
      Buffer body = request.body();
      if (body == null) {
        return asked.send();
      }
      if (body.length() <= WHOLE_BODY) {
        return asked.sendBuffer(body);
      }
      pieces = new BodyPieces(body);
      return asked
          .putHeader(HttpHeaders.CONTENT_LENGTH.toString(), Integer.toString(body.length()))
          .sendStream(pieces);
    }

    /** A context that is not told to go on does nothing any more. */
    @Override
    public void step(HttpContext<?> context) {
      switch (context.phase()) {
        case CREATE_REQUEST -> prepare(context);
        case SEND_REQUEST -> {
          if (opened(context.clientRequest(), context.requestOptions())) {
            context.next();
          }
        }
        case RECEIVE_RESPONSE -> {
          if (answered(context.clientResponse())) {
            context.next();
          }
        }
        default -> context.next();
      }
    }

    private void prepare(HttpContext<?> context) {
      RequestOptions options = context.requestOptions();
      options.setProtocolVersion(request.options().getProtocolVersion());
      settings
          .prepare(options, url, isTrusted(url))
          .onSuccess(
              ignored -> {
                if (hop == this) {
                  client.opening(options);
                  context.next();
                }
              })
          .onFailure(this::broken);
    }

    private boolean opened(HttpClientRequest request, RequestOptions options) {
      if (hop != this) {
        request.reset();
        return false;
      }
      opened = request;
      stage = Stage.WAITING;
      if (!Objects.equals(options.getHost(), url.getHost())) {
        request.authority(HostAndPort.create(url.getHost(), Urls.port(url)));
      }
      receiver.sending(request.headers());
      request.exceptionHandler(this::broken);
      client.opened(request, options);
      return true;
    }

    private boolean answered(HttpClientResponse response) {
      if (hop != this) {
        return false;
      }
      // Vert.x would log the reset of an answer that nobody has begun to read.
      response.exceptionHandler(this::broken);
      int status = response.statusCode();
      settings.answered(status, isTrusted(url));
      String location = response.getHeader(HttpHeaders.LOCATION);
      boolean redirect = status >= 300 && status < 400 && location != null;
      if (redirect && request.followRedirects() && settings.followRedirects()) {
        redirect(location);
        return false;
      }
      stage = Stage.READING;
      Head came = new Head(status, response.headers());
      head = came;
      receiver.head(HttpExchange.this, came);
      return hop == this;
    }

    private void ended() {
      Head answer = head;
      if (hop == this && answer != null) {
        leave();
        if (pieces != null && !pieces.ended() && opened != null) {
          opened.reset(); // answered early: the rest of the body is not wanted
        }
        promise.tryComplete(answer);
      }
    }

    private void broken(Throwable cause) {
      if (hop == this) {
        boolean open = stage == Stage.WAITING || stage == Stage.READING;
        Kind kind = open ? Kind.BROKEN : Kind.UNREACHABLE;
        fail(new ExchangeException(kind, at, "", cause));
      }
    }

    @Override
    public BodyStream<Void> stream() {
      return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
      if (hop == this) {
        Future<Void> taken = receiver.data(HttpExchange.this, data);
        full = !taken.isComplete();
        taken.onSuccess(ignored -> drained()).onFailure(HttpExchange.this::fail);
      }
      return Future.succeededFuture();
    }

    private void drained() {
      Handler<Void> goOn = drained;
      if (full && goOn != null) {
        full = false;
        goOn.handle(null);
      }
    }

    @Override
    public boolean writeQueueFull() {
      return full;
    }

    @Override
    public Hop drainHandler(@Nullable Handler<Void> handler) {
      drained = handler;
      return this;
    }

    @Override
    public Future<Void> end() {
      whole.tryComplete();
      return whole.future();
    }

    @Override
    public Future<Void> result() {
      return whole.future();
    }

    @Override
    public Hop exceptionHandler(@Nullable Handler<Throwable> handler) {
      return this;
    }

    @Override
    public Hop setWriteQueueMaxSize(int size) {
      return this;
    }

    /** The pipe's failure comes with the result, too. */
    @Override
    public void handle(Throwable failure) {}
  }
}
