package dev.stoker.http.client;

import dev.stoker.concurrent.Deadline;
import dev.stoker.http.address.Origins;
import dev.stoker.http.client.ExchangeException.Kind;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One request with its redirects, on Vert.x Web Client: every request of Stoker is one of these. It
 * sends the credentials of its {@link ClientAccess} where they may go, it has one total deadline
 * (the time-outs of Vert.x are idle time-outs), and it hands the answer on piece by piece, no
 * faster than the receiver takes it. An exchange that ends early resets its request, so that the
 * connection is neither read on nor kept.
 */
public final class HttpExchange {
  private static final int MAX_REDIRECTS = 10;

  private final WatchedClient client;
  private final ClientAccess access;
  private final Request request;
  private final Receiver receiver;
  private final Promise<Head> promise = Promise.promise();
  private final @Nullable Deadline deadline;
  private @Nullable ExchangeHop hop;
  private @Nullable Head head;
  private @Nullable HttpClientResponse response;
  private URI at;
  private int redirects;
  private Stage stage = Stage.CONNECTING;

  /**
   * What is asked for.
   *
   * @param options method, headers, and what else the connection needs; the URL is put in here
   * @param body null if the request has none
   * @param followRedirects redirects are followed if the settings allow it too; otherwise a
   *     redirect is an answer like others
   * @param deadlineMillis milliseconds for everything together; 0 if whoever asks ends it
   */
  public record Request(
      URI url,
      RequestOptions options,
      @Nullable Buffer body,
      boolean followRedirects,
      long deadlineMillis) {}

  /** Status line and headers of an answer. */
  public record Head(int status, MultiMap headers) {
    /** The value of a header, or "" if there is none. */
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
     * A request has been opened and is about to be sent. The headers of the settings are among
     * these, and may be changed for the last time.
     */
    default void sending(MultiMap headers) {}

    /** Status and headers have come. */
    default void head(HttpExchange exchange, Head head) {}

    /**
     * A piece of the body has come.
     *
     * @return the next piece is read when it is complete; a failure ends the exchange with it
     */
    Future<Void> data(HttpExchange exchange, Buffer data);

    /** The answer is whole, and these came behind its body; mostly none. */
    default void trailers(MultiMap trailers) {}
  }

  private HttpExchange(
      WatchedClient client, ClientAccess access, Request request, Receiver receiver) {
    this.client = client;
    this.access = access;
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

  /** Starts an exchange. The receiver is called later. */
  public static HttpExchange start(
      WatchedClient client, ClientAccess access, Request request, Receiver receiver) {
    client.timers().control().assertOn();
    HttpExchange exchange = new HttpExchange(client, access, request, receiver);
    exchange.next(request.url());
    return exchange;
  }

  /**
   * Completes when the answer is whole or {@link #enough}; fails with an {@link ExchangeException},
   * or with what {@link #fail} was given.
   */
  public Future<Head> result() {
    return promise.future();
  }

  public Stage stage() {
    return stage;
  }

  /** Ends the exchange in good order: the rest of the answer is not wanted. */
  public void enough() {
    Head answer = head;
    drop();
    if (answer != null) {
      promise.tryComplete(answer);
    }
  }

  /** Ends the exchange with {@link Kind#STOPPED}; it is harmless when the exchange has ended. */
  public void stop() {
    fail(new ExchangeException(Kind.STOPPED, at, "", null));
  }

  /** Ends the exchange with a failure; it is harmless when the exchange has ended. */
  public void fail(Throwable why) {
    drop();
    promise.tryFail(why);
  }

  private void drop() {
    ExchangeHop current = leave();
    if (current != null) {
      current.giveUp();
    }
  }

  /** Leaves the current hop: whatever it tells from now on is no news. */
  private @Nullable ExchangeHop leave() {
    if (deadline != null) {
      deadline.pause();
    }
    ExchangeHop current = hop;
    hop = null;
    return current;
  }

  private void next(URI url) {
    at = url;
    ExchangeHop started = new ExchangeHop(this, client, url);
    hop = started;
    started.send(request);
  }

  /**
   * The one rule for credentials, those of the settings and those that a caller has put on the
   * request: they go to the origin that the request is for, and nowhere else.
   */
  private boolean isTrusted(URI url) {
    return Origins.same(url, request.url());
  }

  private void redirect(String location) {
    URI found = Origins.redirect(at, location);
    // Behind a unix socket there is one server.
    URI next = found != null && isOverSocket() && !isTrusted(found) ? null : found;
    if (++redirects > MAX_REDIRECTS) {
      fail(new ExchangeException(Kind.REDIRECT_LOOP, at, location, null));
    } else if (next == null) {
      fail(new ExchangeException(Kind.BAD_REDIRECT, at, location, null));
    } else {
      ExchangeHop left = hop;
      hop = null;
      if (left != null) {
        left.giveUp();
      }
      stage = Stage.REDIRECTED;
      next(next);
    }
  }

  private boolean isOverSocket() {
    return request.options().getServer() instanceof SocketAddress server && server.isDomainSocket();
  }

  /** How many redirects are followed. */
  public static int maxRedirects() {
    return MAX_REDIRECTS;
  }

  /** A hop that has been left does nothing more. */
  boolean isCurrent(ExchangeHop asking) {
    return hop == asking;
  }

  Future<Void> prepare(RequestOptions options, URI url) {
    options.setProtocolVersion(request.options().getProtocolVersion());
    boolean trusted = isTrusted(url);
    if (!trusted && options.getHeaders() != null) {
      options.getHeaders().remove(HttpHeaders.AUTHORIZATION).remove(HttpHeaders.COOKIE);
    }
    return access.prepare(options, url, trusted);
  }

  void sending(MultiMap headers) {
    stage = Stage.WAITING;
    receiver.sending(headers);
  }

  /** The head of an answer to the current hop; follows a redirect, or hands the head on. */
  void answered(HttpClientResponse response, URI url) {
    int status = response.statusCode();
    access.answered(status, isTrusted(url));
    String location = response.getHeader(HttpHeaders.LOCATION);
    boolean redirect = status >= 300 && status < 400 && location != null;
    if (redirect && request.followRedirects() && access.followRedirects()) {
      redirect(location);
      return;
    }
    stage = Stage.READING;
    Head came = new Head(status, response.headers());
    head = came;
    this.response = response;
    receiver.head(this, came);
  }

  Future<Void> data(Buffer data) {
    return receiver.data(this, data);
  }

  /** The answer to the current hop is whole. */
  void ended() {
    Head answer = head;
    HttpClientResponse whole = response;
    if (answer != null && whole != null) {
      leave();
      receiver.trailers(whole.trailers());
      promise.tryComplete(answer);
    }
  }

  /** The current hop has failed. */
  void broken(Throwable cause) {
    boolean open = stage == Stage.WAITING || stage == Stage.READING;
    fail(new ExchangeException(open ? Kind.BROKEN : Kind.UNREACHABLE, at, "", cause));
  }
}
