package dev.terrace.net.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Who does the cryptography: BoringSSL where its native library is there, else the JDK. */
final class TlsProvider {

  private static final System.Logger LOG = System.getLogger(TlsProvider.class.getName());

  /** Modern ones alone: forward secrecy and authenticated encryption (RFC 9325, section 4.2). */
  static final java.util.List<String> CIPHERS =
      java.util.List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final SslProvider CHOSEN = choose();

  private TlsProvider() {}

  private static SslProvider choose() {
    if (OpenSsl.isAvailable()) {
      return SslProvider.OPENSSL_REFCNT;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "TLS is done by the JDK, which costs more CPU: BoringSSL (netty-tcnative) cannot be loaded"
            + " here: {0}",
        OpenSsl.unavailabilityCause().getMessage());
    return SslProvider.JDK;
  }

  static SslProvider chosen() {
    return CHOSEN;
  }

  /** The same, for contexts that the garbage collector lets go if nobody else does. */
  static SslProvider collected() {
    return CHOSEN == SslProvider.OPENSSL_REFCNT ? SslProvider.OPENSSL : CHOSEN;
  }
}
