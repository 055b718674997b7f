package dev.terrace.net.tls;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake with a client agreed on.
 *
 * @param protocol what ALPN chose ({@code h2}, {@code http/1.1}); empty if the client offered
 *     nothing that is served
 * @param version TLSv1.2 or TLSv1.3
 * @param serverName the name that the client asked for, in lower case
 * @param peer the subject of the client's verified certificate
 * @param certificate what the client was shown, for protocols that bind to it (RFC 5929)
 */
public record TlsSession(
    String protocol,
    String version,
    Optional<String> serverName,
    Optional<String> peer,
    Optional<X509Certificate> certificate) {

  private static final AttributeKey<TlsSession> KEY =
      AttributeKey.valueOf(TlsSession.class, "session");

  /** The connection's session; null if it is in clear text or still shakes hands. */
  public static @Nullable TlsSession of(Channel channel) {
    return channel.attr(KEY).get();
  }

  void attachTo(Channel channel) {
    channel.attr(KEY).set(this);
  }
}
