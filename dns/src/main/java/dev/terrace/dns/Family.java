package dev.terrace.dns;

import java.net.InetAddress;
import java.util.Optional;

/** A kind of IP address, with the type of record that carries it. */
enum Family {
  V4("IPv4", Type.A, 4),
  V6("IPv6", Type.AAAA, 16);

  private final String literalName;
  private final int type;
  private final int bytes;

  Family(String literalName, int type, int bytes) {
    this.literalName = literalName;
    this.type = type;
    this.bytes = bytes;
  }

  /** What people call such an address. */
  String literalName() {
    return literalName;
  }

  int type() {
    return type;
  }

  int bytes() {
    return bytes;
  }

  boolean includes(InetAddress address) {
    return address.getAddress().length == bytes;
  }

  /** The address that a literal stands for; empty for a host name. */
  static Optional<InetAddress> literal(String host) {
    try {
      return host.indexOf('%') >= 0 ? Optional.empty() : Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
