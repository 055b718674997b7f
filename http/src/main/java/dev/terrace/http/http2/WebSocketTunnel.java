package dev.terrace.http.http2;

import dev.terrace.http.exchange.MemberStream;
import dev.terrace.net.HalfClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * A WebSocket between a stream of HTTP/2 (RFC 8441) and a member's connection, which no longer
 * speaks HTTP: bytes go from one to the other as they come, no faster than either takes them.
 */
final class WebSocketTunnel extends ChannelInboundHandlerAdapter {

  private final Http2ClientStream client;
  private final MemberStream member;
  private final Channel channel;
  private final Runnable ended;
  private boolean memberEnded;

  private WebSocketTunnel(Http2ClientStream client, MemberStream member, Runnable ended) {
    this.client = client;
    this.member = member;
    this.ended = ended;
    channel = member.channel();
  }

  /** Takes the place of what spoke HTTP with the member. */
  static WebSocketTunnel join(Http2ClientStream client, MemberStream member, Runnable ended) {
    WebSocketTunnel tunnel = new WebSocketTunnel(client, member, ended);
    Channel channel = member.channel();
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().replace(channel.pipeline().last(), "tunnel", tunnel);
    channel.config().setAutoRead(true);
    return tunnel;
  }

  /** The client has sent something, perhaps the last. */
  void fromClient(ByteBuf data, boolean last) {
    channel.write(data, channel.voidPromise());
    if (last) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> HalfClose.end(channel));
    } else {
      client.flushSoon(member);
    }
  }

  boolean memberTakesMore() {
    return channel.isWritable();
  }

  void clientTakesMore() {
    channel.config().setAutoRead(true);
  }

  /** The client's stream is closed. */
  void clientGone() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.close());
    ended.run();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    client.answerBody((ByteBuf) message);
    if (!client.isWritable()) {
      client.flush();
      if (!client.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    client.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    client.updateReading();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      memberEnded = true;
      client.answerEnd(null);
      client.flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    client.memberGone(memberEnded);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
