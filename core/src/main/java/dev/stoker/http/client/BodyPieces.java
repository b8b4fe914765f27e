package dev.stoker.http.client;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request in pieces, no faster than the connection takes them. Netty copies what it
 * is given into direct memory before it writes, so a body that is given as a whole takes its size
 * there until the server has read it; ten pushes of large profiles used up all there is. The pieces
 * are views of the body, which is neither copied here nor changed. The context of the request owns
 * it.
 */
final class BodyPieces implements ReadStream<Buffer> {
  /** Bytes of a piece, which is also what Vert.x lets wait on a connection. */
  static final int PIECE = 64 << 10;

  private final Buffer body;
  private int next;
  private long demand = Long.MAX_VALUE;
  private boolean handing;
  private boolean ended;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;

  BodyPieces(Buffer body) {
    this.body = body;
  }

  /** The connection has taken all of it. */
  boolean ended() {
    return ended;
  }

  @Override
  public BodyPieces exceptionHandler(@Nullable Handler<Throwable> ignored) {
    return this; // a body in memory does not fail
  }

  @Override
  public BodyPieces handler(@Nullable Handler<Buffer> taker) {
    handler = taker;
    handOn();
    return this;
  }

  @Override
  public BodyPieces endHandler(@Nullable Handler<Void> atTheEnd) {
    endHandler = atTheEnd;
    return this;
  }

  @Override
  public BodyPieces pause() {
    demand = 0;
    return this;
  }

  @Override
  public BodyPieces resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public BodyPieces fetch(long pieces) {
    demand = pieces > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + pieces;
    handOn();
    return this;
  }

  private void handOn() {
    if (handing) {
      return; // the taker asks for more while it takes
    }
    handing = true;
    try {
      Handler<Buffer> taker = handler;
      while (taker != null && demand > 0 && next < body.length()) {
        demand -= demand == Long.MAX_VALUE ? 0 : 1;
        Buffer piece = body.slice(next, Math.min(body.length(), next + PIECE));
        next += piece.length();
        taker.handle(piece);
        taker = handler;
      }
      Handler<Void> atTheEnd = endHandler;
      if (taker != null && demand > 0 && next == body.length() && !ended) {
        ended = true;
        if (atTheEnd != null) {
          atTheEnd.handle(null);
        }
      }
    } finally {
      handing = false;
    }
  }
}
