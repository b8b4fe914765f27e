package dev.stoker.http.connection;

import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.http.failure.ProtocolDetection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientConnection;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of a new HTTP/1 connection before the decoder does. Another protocol
 * there means a wrong port. The decoder would call it an invalid version, or wait for the end of a
 * line until the deadline. Event loop of the connection only.
 */
final class FirstBytes extends ChannelDuplexHandler {
  private static final String DECODER = "codec";

  /** Bytes that hold some empty lines and "HTTP/". */
  private static final int ENOUGH = 9;

  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private @Nullable NoAnswerException wrong;
  private boolean asked;

  /** Watches a connection that has just been made, with nothing read from it yet. */
  static void watch(HttpConnection connection) {
    if (connection instanceof HttpClientConnection client
        && connection.protocolVersion() != HttpVersion.HTTP_2) {
      ChannelPipeline pipeline = client.channelHandlerContext().pipeline();
      if (pipeline.get(DECODER) != null) {
        pipeline.addBefore(DECODER, "first bytes", new FirstBytes());
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (wrong != null) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof ByteBuf data) {
      byte[] head = new byte[Math.min(data.readableBytes(), ProtocolDetection.PREVIEW)];
      data.getBytes(data.readerIndex(), head);
      seen.writeBytes(head);
      byte[] answer = seen.toByteArray();
      if (!ProtocolDetection.isHttp(answer)) {
        data.release();
        wrong = new NoAnswerException(ProtocolDetection.instead(answer));
        tell(context);
        return;
      }
      if (answer.length >= ENOUGH) {
        context.pipeline().remove(this);
      }
    }
    context.fireChannelRead(message);
  }

  /** Some servers speak first; that is told once there is a request that can fail. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    context.write(message, promise);
    asked = true;
    if (wrong != null) {
      context.executor().execute(() -> tell(context));
    }
  }

  private void tell(ChannelHandlerContext context) {
    if (asked && wrong != null) {
      context.fireExceptionCaught(wrong);
    }
  }
}
