package dev.stoker.receive.server;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.server.ServerAccess;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to its answer. Its body is read within the bounds; what it holds of the
 * memory is given back with the answer. When the client goes away after its body, the work on it
 * goes on, and holds its memory to its end. Owned by the control context.
 */
public final class Arrival {
  private static final int FIRST = 64 << 10;

  private final HttpServerRequest request;
  private final ServerAccess access;
  private final ReceiveServer server;
  private final Timers timers;
  private final BodyBytes.Share share;
  private byte[] bytes = new byte[0];
  private int size;
  private boolean complete;
  private boolean ended;
  private Timers.Cancellable deadline = () -> {};
  private Consumer<Refusal> refused = refusal -> {};
  private Runnable gone = () -> {};

  Arrival(HttpServerRequest request, ServerAccess access, ReceiveServer server, BodyBytes memory) {
    this.request = request;
    this.access = access;
    this.server = server;
    this.timers = server.timers();
    this.share = memory.open(timers.nanoTime(), this::giveWay);
    request.response().exceptionHandler(ignored -> left());
    request.response().closeHandler(ignored -> left());
  }

  public HttpServerRequest request() {
    return request;
  }

  /** Login of the port that it came to. */
  public ServerAccess access() {
    return access;
  }

  /** Where the client is, without its port. */
  public String peer() {
    return String.valueOf(request.remoteAddress().hostAddress());
  }

  /** The client does not wait for an answer any more. */
  public boolean isGone() {
    return ended;
  }

  /** Is called when the client goes away before its body is whole and before it has an answer. */
  public void whenGone(Runnable step) {
    gone = step;
  }

  /**
   * Reads the body. One of the two is called, once, or none when the client goes away.
   *
   * @param whole gets the bytes, which nobody else has
   * @param otherwise the reason why it is not read; the request is to be answered with it
   */
  public void read(Consumer<byte[]> whole, Consumer<Refusal> otherwise) {
    refused = otherwise;
    Bounds bounds = server.bounds();
    if (announced() > bounds.maxBodySize()) {
      otherwise.accept(tooLarge(bounds));
      return;
    }
    deadline = timers.after(bounds.readTimeout().toMillis(), this::late);
    request.handler(piece -> arrived(piece, bounds));
    request.exceptionHandler(ignored -> left());
    request.endHandler(
        ignored -> {
          if (!ended) {
            complete = true;
            deadline.cancel();
            share.complete();
            byte[] body = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
            bytes = new byte[0];
            work(whole, body);
          }
        });
  }

  private void work(Consumer<byte[]> whole, byte[] body) {
    try {
      whole.accept(body);
    } catch (RuntimeException | Error bug) {
      share.close();
      throw bug;
    }
  }

  private long announced() {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? -1 : Long.parseLong(length.strip());
    } catch (NumberFormatException malformed) {
      return -1; // the codec has refused it before
    }
  }

  private static Refusal tooLarge(Bounds bounds) {
    return new Refusal(
        Refusal.Kind.TOO_LARGE,
        "the body is larger than limits.max_body_size (" + bounds.maxBodySize() + " bytes)");
  }

  private void arrived(Buffer piece, Bounds bounds) {
    if (ended) {
      return;
    }
    int length = piece.length();
    if (size + (long) length > bounds.maxBodySize()) {
      stop(tooLarge(bounds));
    } else if (!share.take(length, timers.nanoTime())) {
      stop(full());
    } else {
      grow(size + length);
      piece.getBytes(bytes, size);
      size += length;
    }
  }

  /** To the announced length at most, so that no copy is needed at the end. */
  private void grow(int least) {
    if (least > bytes.length) {
      long announced = announced();
      long next = Math.max(least, Math.max(FIRST, bytes.length * 2L));
      long most = announced >= least ? announced : server.bounds().maxBodySize();
      bytes = Arrays.copyOf(bytes, (int) Math.min(next, Math.max(least, most)));
    }
  }

  private static Refusal full() {
    return Refusal.busy(
        "the bodies of all requests together may take no more than limits.max_in_flight_bytes; send"
            + " it again later");
  }

  private void giveWay() {
    stop(
        Refusal.busy(
            "there is no room for a body that comes so slowly (limits.max_in_flight_bytes,"
                + " limits.max_connections); send it again later"));
  }

  private void late() {
    stop(
        new Refusal(
            Refusal.Kind.SLOW,
            "the body was not whole within limits.read_timeout ("
                + server.bounds().readTimeout().toMillis()
                + " ms)"));
  }

  private void stop(Refusal refusal) {
    deadline.cancel();
    request.handler(null);
    bytes = new byte[0];
    if (!ended) {
      refused.accept(refusal);
    }
  }

  /**
   * Takes memory for what the body becomes while it is worked on.
   *
   * @return null = it has it
   */
  public @Nullable Refusal reserve(long more) {
    return share.take(more, timers.nanoTime()) ? null : full();
  }

  /** The response; {@link #answered} follows its end. */
  public HttpServerResponse response() {
    return request.response();
  }

  /**
   * Ends the response. A client that is still sending is cut off: what it sends is of no use to
   * anybody.
   */
  public void answer(Buffer body) {
    if (ended) {
      release();
      return;
    }
    boolean whole = request.isEnded();
    boolean http1 = request.version() != HttpVersion.HTTP_2;
    HttpServerResponse response = request.response();
    if (!whole && http1) {
      response.putHeader(HttpHeaders.CONNECTION, "close");
    }
    response
        .end(body)
        .onComplete(
            ignored -> {
              if (!whole && http1) {
                server.cut(request.connection());
              } else if (!whole) {
                response.reset(0);
              }
            });
    end();
    release();
  }

  /** Gives its memory back: the work on it has ended, and nobody waits for the answer. */
  public void release() {
    share.close();
  }

  private void left() {
    if (!ended) {
      end();
      if (!complete) {
        release();
        gone.run();
      }
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      deadline.cancel();
      bytes = new byte[0];
      server.ended(this);
    }
  }
}
