package dev.stoker.admin.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import org.jspecify.annotations.Nullable;

/**
 * How much of its answers the client of a connection has not read: what the system's buffers do not
 * take either, so it lies in this process. Vert.x shows only whether it is much; Netty knows the
 * number. Event loop of the connection only.
 */
final class Unread {
  /** Of an answer, what must be read within {@link #STEP_NANOS}. */
  private static final long STEP_BYTES = 64 << 10;

  private static final long STEP_NANOS = 5_000_000_000L;
  private static final long STANDS_NANOS = 1_000_000_000L;

  private final @Nullable Channel channel;
  private long mark;
  private long since;

  Unread(HttpConnection connection) {
    this.channel = channel(connection);
  }

  private static @Nullable Channel channel(HttpConnection connection) {
    return connection instanceof HttpServerConnection server
        ? server.channelHandlerContext().channel()
        : null;
  }

  /**
   * @param action called when a part of an answer cannot be written while the connection is open
   */
  void onFailedWrite(Runnable action) {
    if (channel != null) {
      channel.pipeline().addFirst(new WholeAnswers(action));
    }
  }

  /** Now: a close in good order would wait until the rest is read. */
  static void cut(HttpConnection connection) {
    Channel channel = channel(connection);
    if (channel == null) {
      connection.close();
    } else {
      channel.unsafe().close(channel.newPromise());
    }
  }

  long bytes() {
    ChannelOutboundBuffer buffer = channel == null ? null : channel.unsafe().outboundBuffer();
    // A message counts in full until all of it is gone; its progress is beside it.
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  /** Past what a client that waits for each answer can owe when it asks again. */
  boolean isOver() {
    return channel != null && !channel.isWritable();
  }

  private long waiting(long nanoTime) {
    long bytes = bytes();
    if (mark == 0 || bytes == 0 || bytes <= mark - STEP_BYTES) {
      since = nanoTime;
      mark = bytes;
    }
    mark = Math.max(mark, bytes);
    return mark == 0 ? 0 : nanoTime - since;
  }

  /** Did not move for so long that it may make room for others. */
  boolean stands(long nanoTime) {
    return waiting(nanoTime) > STANDS_NANOS;
  }

  boolean isLate(long nanoTime) {
    return waiting(nanoTime) > STEP_NANOS;
  }

  /** When it moved last. */
  long since() {
    return since;
  }
}
