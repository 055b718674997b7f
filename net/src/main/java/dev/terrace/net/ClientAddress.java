package dev.terrace.net;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;

/** Where a client really is: what a PROXY header said, else the other end of its connection. */
public final class ClientAddress {

  private static final AttributeKey<InetSocketAddress> TOLD =
      AttributeKey.valueOf(ClientAddress.class, "told");

  private ClientAddress() {}

  /** The address of the client behind this connection. */
  public static InetSocketAddress of(Channel client) {
    InetSocketAddress told = client.hasAttr(TOLD) ? client.attr(TOLD).get() : null;
    return told == null ? (InetSocketAddress) client.remoteAddress() : told;
  }

  /** Takes note of whom the header names. */
  public static void set(Channel client, InetSocketAddress address) {
    client.attr(TOLD).set(address);
  }
}
