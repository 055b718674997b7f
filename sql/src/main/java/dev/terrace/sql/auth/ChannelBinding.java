package dev.terrace.sql.auth;

import com.ongres.scram.common.util.TlsServerEndpoint;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * What ties a SCRAM exchange to the TLS connection it runs in: the digest of the server's
 * certificate (RFC 5929, section 4), the only kind that PostgreSQL has.
 */
public final class ChannelBinding {

  /** How SCRAM messages begin that are bound so. */
  static final String PREFIX = "p=" + TlsServerEndpoint.TLS_SERVER_END_POINT + ",";

  private final byte[] data;

  private ChannelBinding(byte[] data) {
    this.data = data;
  }

  byte[] data() {
    return data;
  }

  /** By the server's certificate; none if its signature has no digest of its own, as Ed25519. */
  public static Optional<ChannelBinding> of(X509Certificate certificate) {
    try {
      byte[] data = TlsServerEndpoint.getChannelBindingData(certificate);
      return data.length == 0 ? Optional.empty() : Optional.of(new ChannelBinding(data));
    } catch (CertificateEncodingException e) {
      return Optional.empty();
    }
  }
}
