package dev.terrace.http.exchange;

import dev.terrace.core.route.IpLiteral;
import dev.terrace.http.head.ClientLines;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a client's connection. */
public final class ClientPeer {

  private final String address;
  private final byte[] addressBytes;
  private final boolean secure;
  private final ClientLines lines;
  private final @Nullable Channel connection;

  /**
   * A peer that speaks for itself.
   *
   * @param address its IP address, without the port
   * @param secure whether it came over TLS
   */
  public ClientPeer(String address, boolean secure) {
    this(address, bytes(address), secure, ClientLines.of(address, secure), null);
  }

  ClientPeer(
      String address,
      byte[] addressBytes,
      boolean secure,
      ClientLines lines,
      @Nullable Channel connection) {
    this.address = address;
    this.addressBytes = addressBytes;
    this.secure = secure;
    this.lines = lines;
    this.connection = connection;
  }

  /** The same peer on its connection. */
  public ClientPeer on(Channel itsConnection) {
    return new ClientPeer(address, addressBytes, secure, lines, itsConnection);
  }

  private static byte[] bytes(String address) {
    int zone = address.indexOf('%');
    byte[] bytes = IpLiteral.parse(zone < 0 ? address : address.substring(0, zone));
    return bytes == null ? new byte[0] : bytes;
  }

  /** The IP address, without the port. */
  public String address() {
    return address;
  }

  /** The 4 or 16 bytes of the address. Not to be changed. */
  public byte[] addressBytes() {
    return addressBytes;
  }

  /** Whether the client came over TLS. */
  public boolean secure() {
    return secure;
  }

  /** The connection that it came on; null if that is not known. */
  public @Nullable Channel connection() {
    return connection;
  }

  /** The lines that tell a member about it. */
  ClientLines lines() {
    return lines;
  }
}
