package dev.terrace.http.exchange;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** Ends a tunnel through which nothing has gone for so long, either way. */
final class TunnelTimeout extends IdleStateHandler {

  TunnelTimeout(long nanos) {
    super(0, 0, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
    if (event.state() == IdleState.ALL_IDLE) {
      ctx.close();
    }
  }
}
