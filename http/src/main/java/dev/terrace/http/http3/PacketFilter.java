package dev.terrace.http.http3;

import dev.terrace.core.signal.Counter;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/**
 * Drops datagrams that no client sends, before anything is kept of them.
 *
 * <p>Netty's dispatcher throws at those that are too short: their buffers would never be released,
 * and each would leave a stack trace in the log. Anybody can send them, under any address; so they
 * are only counted.
 */
@ChannelHandler.Sharable
final class PacketFilter extends ChannelInboundHandlerAdapter {

  private final Counter dropped;

  PacketFilter(Counter dropped) {
    this.dropped = dropped;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof DatagramPacket packet && !FirstPacket.mayBeClients(packet.content())) {
      dropped.increment();
      packet.release();
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
