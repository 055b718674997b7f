package dev.terrace.http;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.net.Drain;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a connection's first bytes, which tell HTTP/2 by prior knowledge (RFC 9113, section
 * 3.3) from HTTP/1.1, and gives its place to what speaks the one or the other.
 */
final class PrefaceWait extends ChannelInboundHandlerAdapter implements Deadlines.Timed {

  /** How the preface begins, and no request of HTTP/1.1 that is served does. */
  private static final byte[] PREFACE = {'P', 'R', 'I', ' '};

  /** A client that is about to send its first request is served, though we drain. */
  private static final long DRAIN_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ClientChannels channels;
  private final Channel client;
  private final ClientPeer peer;
  private final Deadlines deadlines;
  private long deadline;
  private boolean draining;
  private @Nullable ByteBuf first;

  PrefaceWait(
      ClientChannels channels,
      Channel client,
      ClientPeer peer,
      Deadlines deadlines,
      long deadline) {
    this.channels = channels;
    this.client = client;
    this.peer = peer;
    this.deadlines = deadlines;
    this.deadline = deadline;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadlines.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    deadlines.forget(this);
    if (first != null) {
      first.release();
      first = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (first != null) {
      in = Unpooled.wrappedBuffer(first, in);
      first = null;
    }
    int known = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < known; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        become(ctx, channels.http1(client, peer), in);
        return;
      }
    }
    if (known == PREFACE.length) {
      become(ctx, channels.http2(peer), in);
    } else {
      first = in;
    }
  }

  private void become(ChannelHandlerContext ctx, ChannelHandler handler, ByteBuf in) {
    ctx.pipeline().replace(this, null, handler);
    if (draining) {
      ctx.fireUserEventTriggered(Drain.EVENT);
    }
    ctx.fireChannelRead(in);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.EVENT) {
      draining = true;
      deadline = Math.min(deadline, deadlines.in(DRAIN_GRACE_NANOS));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public void expired() {
    client.close();
  }
}
