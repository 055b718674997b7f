package dev.terrace.kv;

import dev.terrace.net.Drain;
import dev.terrace.net.LingeringClose;
import dev.terrace.net.tls.TlsServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Tells by a client's first byte whether it speaks TLS, and makes way for what it speaks. */
final class FirstByte extends ChannelInboundHandlerAdapter {

  private static final byte TLS_HANDSHAKE = 22;

  private final TlsServer tls;
  private final boolean required;
  private final Supplier<ChannelHandler> front;

  FirstByte(TlsServer tls, boolean required, Supplier<ChannelHandler> front) {
    this.tls = tls;
    this.required = required;
    this.front = front;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // One that has said nothing yet has nothing to wait for.
    if (event == Drain.EVENT
        || event instanceof IdleStateEvent
        || event instanceof ChannelInputShutdownEvent) {
      context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    ByteBuf bytes = (ByteBuf) message;
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    boolean secure = bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE;
    if (!secure && required) {
      bytes.release();
      byte[] refusal =
          "-ERR this server speaks TLS only (kv.tls)\r\n".getBytes(StandardCharsets.US_ASCII);
      LingeringClose.after(context.writeAndFlush(Unpooled.wrappedBuffer(refusal)));
      return;
    }
    if (secure) {
      tls.secure((channel, agreed) -> channel.pipeline().addLast(front.get()))
          .accept(context.channel());
    } else {
      context.pipeline().addLast(front.get());
    }
    context.fireChannelRead(bytes);
    context.pipeline().remove(this);
  }
}
