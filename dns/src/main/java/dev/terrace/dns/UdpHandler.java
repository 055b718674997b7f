package dev.terrace.dns;

import dev.terrace.core.balance.Hashing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers the datagrams of one socket. */
final class UdpHandler extends ChannelInboundHandlerAdapter implements ClientKey {

  private static final System.Logger LOG = System.getLogger(UdpHandler.class.getName());

  private final Supplier<@Nullable Served> served;
  private final DnsCounters counters;
  private final Responder responder = new Responder();
  private @Nullable InetSocketAddress sender;

  UdpHandler(Supplier<@Nullable Served> served, DnsCounters counters) {
    this.served = served;
    this.counters = counters;
  }

  @Override
  public long hash() {
    InetSocketAddress from = sender;
    return from == null ? 0 : Hashing.hash(from.getAddress().getAddress());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      Served now = served.get();
      // A reply that cannot be sent now is not kept: the resolver asks again.
      if (now != null
          && message instanceof DatagramPacket packet
          && context.channel().isWritable()) {
        answer(context, packet, now);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void answer(ChannelHandlerContext context, DatagramPacket packet, Served now) {
    sender = packet.sender();
    ByteBuf out = context.alloc().ioBuffer(ReplyWriter.PLAIN_MAX, ReplyWriter.TCP_MAX);
    boolean sent = false;
    try {
      Rcode rcode = responder.respond(now.zones(), packet.content(), out, true, this);
      counters.count(rcode);
      if (rcode != null) {
        sent = true;
        context.write(new DatagramPacket(out, packet.sender()), context.voidPromise());
      }
    } finally {
      if (!sent) {
        out.release();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  /** A socket is shared by all clients: what goes wrong with one datagram does not close it. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.log(Level.DEBUG, () -> "DNS over UDP: " + cause);
  }
}
