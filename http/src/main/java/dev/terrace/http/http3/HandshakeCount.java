package dev.terrace.http.http3;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts a connection while its handshake is under way. */
final class HandshakeCount extends ChannelInboundHandlerAdapter {

  private final AtomicInteger underWay;
  private boolean over;

  HandshakeCount(AtomicInteger underWay) {
    this.underWay = underWay;
    underWay.incrementAndGet();
  }

  private void finish() {
    if (!over) {
      over = true;
      underWay.decrementAndGet();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent) {
      finish();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    finish();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }
}
