package dev.terrace.http.exchange;

import dev.terrace.core.balance.Hashing;
import dev.terrace.core.route.IpLiteral;
import dev.terrace.http.head.HeadRewriter;

/** Who is at the other end of a client's connection. */
public final class ClientPeer {

  private final String address;
  private final byte[] addressBytes;
  private final boolean secure;
  private final byte[] forwardedLines;

  /**
   * A peer.
   *
   * @param address its IP address, without the port
   * @param secure whether it came over TLS
   */
  public ClientPeer(String address, boolean secure) {
    this.address = address;
    int zone = address.indexOf('%');
    byte[] bytes = IpLiteral.parse(zone < 0 ? address : address.substring(0, zone));
    addressBytes = bytes == null ? new byte[0] : bytes;
    this.secure = secure;
    forwardedLines = HeadRewriter.forwardedLines(address, secure);
  }

  /** The IP address, without the port. */
  public String address() {
    return address;
  }

  /** The 4 or 16 bytes of the address. Not to be changed. */
  public byte[] addressBytes() {
    return addressBytes;
  }

  /** Whether the connection is encrypted. */
  public boolean secure() {
    return secure;
  }

  /** A hash of the address. */
  public long addressHash() {
    return Hashing.hash(address);
  }

  /** The lines that tell a member about it, as {@link HeadRewriter#forwardedLines} makes them. */
  public byte[] forwardedLines() {
    return forwardedLines;
  }
}
