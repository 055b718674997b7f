package dev.terrace.net.proxy;

import dev.terrace.net.ClientAddress;
import dev.terrace.net.Drain;
import dev.terrace.net.TcpListener;
import dev.terrace.net.proxy.ProxyHeaders.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for one connection's PROXY header, and then makes place for what follows. */
final class HeaderReader extends ChannelInboundHandlerAdapter {

  private final ProxyHeaders headers;
  private final TcpListener.Setup next;
  private final Duration longest;
  private @Nullable Future<?> timeout;
  private boolean refused;

  HeaderReader(ProxyHeaders headers, TcpListener.Setup next, Duration longest) {
    this.headers = headers;
    this.next = next;
    this.longest = longest;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> refuse(ctx.channel(), Refusal.LATE),
                longest.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (refused) {
        return;
      }
      if (!(message instanceof HAProxyMessage header)) {
        refuse(ctx.channel(), Refusal.MALFORMED);
        return;
      }
      InetSocketAddress told = client(header);
      if (told != null) {
        ClientAddress.set(ctx.channel(), told);
      }
      next.accept(ctx.channel());
      ctx.pipeline().remove(this);
    } catch (UnknownHostException e) {
      refuse(ctx.channel(), Refusal.MALFORMED);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** The client's address; null for what a proxy sends of itself, or for no TCP over IP. */
  private static @Nullable InetSocketAddress client(HAProxyMessage header)
      throws UnknownHostException {
    boolean tcp =
        header.proxiedProtocol() == HAProxyProxiedProtocol.TCP4
            || header.proxiedProtocol() == HAProxyProxiedProtocol.TCP6;
    if (header.command() == HAProxyCommand.LOCAL || !tcp) {
      return null;
    }
    byte[] address = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
    if (address == null) {
      throw new UnknownHostException(header.sourceAddress());
    }
    return new InetSocketAddress(InetAddress.getByAddress(address), header.sourcePort());
  }

  private void refuse(Channel client, Refusal why) {
    if (!refused) {
      refused = true;
      headers.refuse(client, why);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Drain) {
      ctx.close(); // it has asked for nothing yet
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    refuse(ctx.channel(), Refusal.MALFORMED);
  }
}
