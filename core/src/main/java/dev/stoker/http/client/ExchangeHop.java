package dev.stoker.http.client;

import dev.stoker.http.address.Urls;
import dev.stoker.http.connection.ConnectionPool;
import dev.stoker.http.connection.RequestSteps;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
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
 * One request of an exchange on the Web Client: it takes part in each step of its making, and is
 * the stream that takes its answer. The exchange may leave it at any time, and then it does nothing
 * more.
 */
final class ExchangeHop implements BodyCodec<Void>, BodyStream<Void>, RequestSteps {
  /**
   * Bytes of a body up to which it is sent as one, because pieces would cost more than they save.
   */
  private static final int WHOLE_BODY = 2 * BodyPieces.PIECE;

  private final HttpExchange exchange;
  private final WatchedClient client;
  private final URI url;
  private final String server;
  private final ConnectionPool pool;
  private final long began;
  private final Promise<Void> whole = Promise.promise();
  private @Nullable HttpClientRequest opened;
  private @Nullable Handler<Void> drained;

  /** The body, if it is sent in pieces. */
  private @Nullable BodyPieces pieces;

  private boolean full;
  private boolean connecting;
  private boolean left;

  ExchangeHop(HttpExchange exchange, WatchedClient client, URI url) {
    this.exchange = exchange;
    this.client = client;
    this.url = url;
    this.server = url.getScheme() + "://" + Urls.authority(url);
    this.pool = client.pool(server);
    this.began = client.timers().nanoTime();
  }

  void send(HttpExchange.Request asked) {
    RequestOptions options = new RequestOptions(asked.options()).setAbsoluteURI(url.toString());
    HttpRequest<Void> request = pool.web().request(options).as(this);
    pool.enter();
    send(request, asked.body()).onSuccess(ignored -> ended()).onFailure(this::broken);
  }

  private Future<?> send(HttpRequest<Void> request, @Nullable Buffer body) {
    if (body == null) {
      return request.send();
    }
    if (body.length() <= WHOLE_BODY) {
      return request.sendBuffer(body);
    }
    pieces = new BodyPieces(body);
    return request
        .putHeader(HttpHeaders.CONTENT_LENGTH.toString(), Integer.toString(body.length()))
        .sendStream(pieces);
  }

  /** Takes the request back, whatever has become of it. */
  void giveUp() {
    if (opened != null) {
      opened.reset();
    } else if (connecting) {
      client.gaveUp(server, began);
    }
    leave();
  }

  private void leave() {
    if (!left) {
      left = true;
      pool.leave();
    }
  }

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
    exchange
        .prepare(options, url)
        .onSuccess(
            ignored -> {
              if (exchange.isCurrent(this)) {
                client.opening(options);
                connecting = options.getProtocolVersion() != HttpVersion.HTTP_1_1;
                context.next();
              }
            })
        .onFailure(this::broken);
  }

  private boolean opened(HttpClientRequest request, RequestOptions options) {
    if (!exchange.isCurrent(this)) {
      request.reset();
      return false;
    }
    opened = request;
    // The settings may have put the name for TLS in the place of the URL's host.
    if (!Objects.equals(options.getHost(), url.getHost())) {
      request.authority(HostAndPort.create(url.getHost(), Urls.port(url)));
    }
    exchange.sending(request.headers());
    request.exceptionHandler(this::broken);
    client.opened(request, options);
    return true;
  }

  private boolean answered(HttpClientResponse response) {
    if (!exchange.isCurrent(this)) {
      return false;
    }
    // Vert.x would log the reset of an answer that nobody has begun to read.
    response.exceptionHandler(this::broken);
    exchange.answered(response, url);
    return exchange.isCurrent(this);
  }

  private void ended() {
    leave();
    if (exchange.isCurrent(this)) {
      exchange.ended();
      if (pieces != null && !pieces.ended() && opened != null) {
        opened.reset(); // answered early: the rest of the body is not wanted
      }
    }
  }

  private void broken(Throwable cause) {
    connecting = false;
    if (exchange.isCurrent(this)) {
      exchange.broken(cause);
    }
  }

  @Override
  public BodyStream<Void> stream() {
    return this;
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (exchange.isCurrent(this)) {
      Future<Void> taken = exchange.data(data);
      full = !taken.isComplete();
      taken.onSuccess(ignored -> drained()).onFailure(exchange::fail);
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
  public ExchangeHop drainHandler(@Nullable Handler<Void> handler) {
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
  public ExchangeHop exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public ExchangeHop setWriteQueueMaxSize(int size) {
    return this;
  }

  /** The failure of the pipe comes with the result of the request, too. */
  @Override
  public void handle(Throwable failure) {}
}
