package dev.terrace.http.http1;

import dev.terrace.net.HalfClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * One direction after 101 (Switching Protocols): bytes go to the peer as they come, no faster than
 * it takes them. When one side has no more to say the other direction stays open. A tunnel may be
 * silent for as long as it likes: TCP keep-alive finds peers that are gone.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {

  private final Channel peer;
  private final Tunnel[] pair;
  private boolean inputEnded;

  private Tunnel(Channel peer, Tunnel[] pair) {
    this.peer = peer;
    this.pair = pair;
  }

  /**
   * Joins two channels, whose present handlers it takes the place of.
   *
   * @param clientEnded whether the client has said already that it will send no more
   */
  static void join(Channel client, Channel member, boolean clientEnded) {
    Tunnel[] pair = new Tunnel[2];
    pair[0] = new Tunnel(member, pair);
    pair[1] = new Tunnel(client, pair);
    client.pipeline().replace(ClientConnection.class, "tunnel", pair[0]);
    member.pipeline().replace(MemberConnection.class, "tunnel", pair[1]);
    member.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (clientEnded) {
      pair[0].inputEnded = true;
      member.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> endOutput(member));
    } else {
      client.config().setAutoRead(member.isWritable());
    }
    member.config().setAutoRead(client.isWritable());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    peer.write(message, peer.voidPromise());
    if (!peer.isWritable()) {
      peer.flush();
    }
    if (!peer.isWritable()) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    peer.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Tunnel other = pair[0] == this ? pair[1] : pair[0];
    if (!other.inputEnded) {
      peer.config().setAutoRead(ctx.channel().isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      boolean bothEnded = pair[0].inputEnded && pair[1].inputEnded;
      peer.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(sent -> {
            if (bothEnded) {
              peer.close();
              ctx.close();
            } else {
              endOutput(peer);
            }
          });
    }
  }

  private static void endOutput(Channel channel) {
    HalfClose.end(channel);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (peer.isActive()) {
      peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
