package dev.stoker.admin.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Ends a connection when a part of an answer cannot be written, as when there is no direct memory
 * for it. Netty would fail that part and go on with the next ones: the client would take an answer
 * with a hole for a whole one, and could not read a compressed one at all. Event loop of the
 * connection only.
 */
final class WholeAnswers extends ChannelOutboundHandlerAdapter {
  private final Runnable incomplete;

  /**
   * @param incomplete closes the connection; called once, while it is open
   */
  WholeAnswers(Runnable incomplete) {
    this.incomplete = incomplete;
  }

  @Override
  public void write(ChannelHandlerContext context, Object part, ChannelPromise promise) {
    context
        .write(part, promise.unvoid())
        .addListener(
            written -> {
              // A connection that the client has closed fails its writes too, and is not open here.
              if (!written.isSuccess() && context.channel().isActive()) {
                incomplete.run();
              }
            });
  }
}
