package dev.terrace.http.head;

import org.jspecify.annotations.Nullable;

/**
 * The lines that tell a member about the client: X-Forwarded-For, -Proto and -Host, Forwarded (RFC
 * 7239) and Via (RFC 9110, section 7.6.3), worked out once for a client.
 *
 * @param untilHost all of them up to the value of X-Forwarded-Host, which comes last
 * @param host that value, or null for the host of the request itself
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to write, never compared
public record ClientLines(byte[] untilHost, byte @Nullable [] host) {

  /** The lines for a client whose peers nobody vouches for. */
  public static ClientLines of(String address, boolean secure) {
    return of(address, node(address, secure), secure ? "https" : "http", null);
  }

  /**
   * The lines for a client that came through proxies.
   *
   * @param forwardedFor the value of X-Forwarded-For
   * @param forwarded the value of Forwarded
   * @param scheme the value of X-Forwarded-Proto
   * @param host the value of X-Forwarded-Host, or null for the host of the request itself
   */
  public static ClientLines of(
      String forwardedFor, String forwarded, String scheme, @Nullable String host) {
    return new ClientLines(
        HeadRewriter.ascii(
            "X-Forwarded-For: "
                + forwardedFor
                + "\r\nX-Forwarded-Proto: "
                + scheme
                + "\r\nForwarded: "
                + forwarded
                + "\r\nVia: 1.1 terrace\r\nX-Forwarded-Host: "),
        host == null ? null : HeadRewriter.ascii(host));
  }

  /** A peer as Forwarded has it (RFC 7239, section 6). */
  public static String node(String address, boolean secure) {
    boolean version6 = address.indexOf(':') >= 0;
    return "for="
        + (version6 ? "\"[" + address + "]\"" : address)
        + ";proto="
        + (secure ? "https" : "http");
  }
}
