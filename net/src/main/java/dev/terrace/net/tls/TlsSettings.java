package dev.terrace.net.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What clients are shown and asked for, by the file.
 *
 * @param certificates the first is shown to clients that name none or an unknown server
 * @param minVersion the oldest version that is spoken
 * @param clientAuth whether clients show certificates too
 */
public record TlsSettings(
    List<CertificateFiles> certificates, Version minVersion, Optional<ClientAuth> clientAuth) {

  /** No certificate: whoever comes is refused. */
  public static final TlsSettings NONE =
      new TlsSettings(List.of(), Version.TLS_1_2, Optional.empty());

  public TlsSettings {
    certificates = List.copyOf(certificates);
  }

  /** A certificate and its key, both PEM. */
  public record CertificateFiles(Path certificate, Path key) {}

  /** A version of TLS; older ones are broken (RFC 8996) and not to be had. */
  public enum Version {
    TLS_1_2,
    TLS_1_3;

    /** This one and the newer ones, as JSSE names them. */
    String[] andNewer() {
      return this == TLS_1_3 ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"};
    }
  }

  /**
   * That clients show a certificate signed by one of these CAs.
   *
   * @param ca PEM file of the CAs' certificates
   * @param required whether a client without one is refused
   */
  public record ClientAuth(Path ca, boolean required) {}
}
