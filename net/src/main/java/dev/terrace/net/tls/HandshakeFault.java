package dev.terrace.net.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a handshake with a client failed. */
enum HandshakeFault {
  /** It took too long. */
  TIMEOUT,
  /** The client went away. */
  CLOSED,
  /** What came is not TLS. */
  NOT_TLS,
  /** The client speaks older versions alone. */
  VERSION,
  /** None of the client's ciphers is served. */
  CIPHER,
  /** The client's certificate is missing or not trusted. */
  CLIENT_CERTIFICATE,
  /** The client did not like our certificate, or something else of ours. */
  REFUSED_BY_CLIENT,
  /** There is no certificate to show. */
  NO_CERTIFICATE,
  /** Anything else. */
  OTHER;

  /** The libraries tell most of this by their messages alone. */
  static HandshakeFault of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      HandshakeFault known = ofOne(cause);
      if (known != null) {
        return known;
      }
    }
    return OTHER;
  }

  private static @Nullable HandshakeFault ofOne(Throwable cause) {
    if (cause instanceof SslHandshakeTimeoutException) {
      return TIMEOUT;
    }
    if (cause instanceof NotSslRecordException) {
      return NOT_TLS;
    }
    if (cause instanceof ClosedChannelException) {
      return CLOSED;
    }
    String message = String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT);
    if (has(
        message, "UNSUPPORTED_PROTOCOL", "PROTOCOL VERSION", "WRONG_VERSION", "PROTOCOL_VERSION")) {
      return VERSION;
    }
    if (has(message, "NO_SHARED_CIPHER", "NO CIPHER SUITES IN COMMON")) {
      return CIPHER;
    }
    if (has(
        message,
        "PEER_DID_NOT_RETURN",
        "CERTIFICATE_VERIFY",
        "EMPTY CLIENT CERTIFICATE",
        "PKIX",
        "CERTPATH")) {
      return CLIENT_CERTIFICATE;
    }
    return has(message, "ALERT") ? REFUSED_BY_CLIENT : null;
  }

  private static boolean has(String message, String... words) {
    for (String word : words) {
      if (message.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
