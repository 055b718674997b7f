package dev.terrace.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose client may still be sending. Closing it with input unread would reset it,
 * and what the client was told last could be lost on the way; so the end is sent, and what comes is
 * dropped until the client closes too, or for half a second.
 */
public final class LingeringClose {

  private static final long LINGER_MILLIS = 500;
  private static final long WRITE_MILLIS_MAX = 10_000;

  private LingeringClose() {}

  /** Ends the connection when that is written, or after ten seconds if the client does not read. */
  public static void after(ChannelFuture written) {
    Channel channel = written.channel();
    written.addListener(done -> linger(channel));
    channel.eventLoop().schedule(() -> channel.close(), WRITE_MILLIS_MAX, TimeUnit.MILLISECONDS);
  }

  private static void linger(Channel channel) {
    if (!channel.isActive()) {
      return;
    }
    if (channel instanceof DuplexChannel duplex && duplex.isInputShutdown()) {
      channel.close();
      return;
    }
    HalfClose.end(channel);
    channel.pipeline().addFirst(new Dropping());
    channel.config().setAutoRead(true);
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static final class Dropping extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        context.close();
      } else {
        context.fireUserEventTriggered(event);
      }
    }
  }
}
