package dev.terrace.config;

import dev.terrace.config.TlsConfig.CertificateConfig;
import dev.terrace.config.TlsConfig.ClientAuthConfig;
import dev.terrace.config.TlsConfig.TlsVersion;
import java.util.List;
import java.util.Optional;

/** TLS with the clients of a front that speaks a protocol of its own. */
public record FrontTlsConfig(
    @Doc("The certificates, as those of tls; these if left out.")
        List<CertificateConfig> certificates,
    @Doc("require refuses clients in clear text; optional lets them in.") @Default("require")
        Mode mode,
    @Doc("The oldest version of TLS that clients may speak.") @Default("1.2") TlsVersion minVersion,
    @Doc("Whether clients must show a certificate too.") Optional<ClientAuthConfig> clientAuth) {

  /** Whether clients must speak TLS. */
  public enum Mode {
    OPTIONAL,
    REQUIRE
  }
}
