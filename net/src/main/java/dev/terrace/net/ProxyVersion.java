package dev.terrace.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whether members are told in a PROXY header who a connection's client is, and in which version. A
 * connection that begins so is for that client alone.
 */
public enum ProxyVersion {
  NONE,
  V1,
  V2;

  private static final class Sender extends ChannelHandlerAdapter {}

  /**
   * Writes the header as the first bytes of a connection, before any handler of it has written.
   *
   * @param client whom the connection is for; null if it is our own
   */
  public void begin(Channel member, @Nullable Channel client) {
    if (this == NONE) {
      return;
    }
    ChannelPipeline pipeline = member.pipeline();
    Sender sender = new Sender();
    // In front of TLS, if there is any: the header itself is clear text.
    pipeline.addFirst(sender);
    pipeline.addFirst(HAProxyMessageEncoder.INSTANCE);
    pipeline.context(sender).writeAndFlush(client == null ? own(member) : about(client, member));
    pipeline.remove(HAProxyMessageEncoder.class);
    pipeline.remove(sender);
  }

  private HAProxyProtocolVersion version() {
    return this == V1 ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2;
  }

  /** Says: look at the socket. Version 1 has only the word for it, and Netty's encoder has not. */
  private Object own(Channel member) {
    if (this == V1) {
      return ByteBufUtil.writeAscii(member.alloc(), "PROXY UNKNOWN\r\n");
    }
    return new HAProxyMessage(
        version(), HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
  }

  private Object about(Channel client, Channel member) {
    InetSocketAddress source = ClientAddress.of(client);
    if (!(client.localAddress() instanceof InetSocketAddress destination)) {
      return own(member); // it has just gone away
    }
    boolean four =
        source.getAddress() instanceof Inet4Address
            && destination.getAddress() instanceof Inet4Address;
    return new HAProxyMessage(
        version(),
        HAProxyCommand.PROXY,
        four ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
        text(source.getAddress(), four),
        text(destination.getAddress(), four),
        source.getPort(),
        destination.getPort());
  }

  /** Both addresses must be of one family: IPv4 goes into IPv6 where the other is that. */
  private static String text(InetAddress address, boolean four) {
    byte[] bytes = address.getAddress();
    if (four) {
      return address.getHostAddress();
    }
    int shift = 16 - bytes.length;
    StringBuilder groups = new StringBuilder(39);
    for (int i = 0; i < 16; i += 2) {
      int group =
          i < shift
              ? (shift > 0 && i == 10 ? 0xFFFF : 0)
              : ((bytes[i - shift] & 0xFF) << 8) | (bytes[i + 1 - shift] & 0xFF);
      groups.append(i == 0 ? "" : ":").append(Integer.toHexString(group));
    }
    return groups.toString();
  }
}
