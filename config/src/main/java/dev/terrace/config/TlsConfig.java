package dev.terrace.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the HTTPS listeners show and ask for. */
public record TlsConfig(
    @Doc(
            "The certificates; a client is shown the one that bears the name it asks for, else the"
                + " first.")
        List<CertificateConfig> certificates,
    @Doc("The oldest version of TLS that clients may speak.") @Default("1.2") TlsVersion minVersion,
    @Doc("Whether clients must show a certificate too.") Optional<ClientAuthConfig> clientAuth,
    @Doc("Gets and renews certificates by itself (RFC 8555).") Optional<AcmeConfig> acme) {

  /** A certificate with its key. */
  public record CertificateConfig(
      @Doc("The certificate and those that signed it, as PEM.") FileName certificate,
      @Doc("Its private key, as PEM.") FileName key) {}

  /** Versions of TLS. */
  public enum TlsVersion {
    TLS_1_2("1.2"),
    TLS_1_3("1.3");

    private final String number;

    TlsVersion(String number) {
      this.number = number;
    }

    /** As the file writes it. */
    public String number() {
      return number;
    }
  }

  /** What is asked of clients. */
  public record ClientAuthConfig(
      @Doc("The certificates that must have signed a client's, as PEM.") FileName ca,
      @Doc("require refuses clients without a certificate; optional lets them in.")
          @Default("require")
          ClientAuthMode mode) {}

  /** Whether a client's certificate is needed. */
  public enum ClientAuthMode {
    OPTIONAL,
    REQUIRE
  }

  /** Certificates from an authority that speaks ACME. */
  public record AcmeConfig(
      @Doc("The authority's directory.") @Default("https://acme-v02.api.letsencrypt.org/directory")
          String directory,
      @Doc("Where the authority may write to.") Optional<String> email,
      @Doc("The names that certificates are got for.") List<String> domains,
      @Doc("The folder that account and certificates are kept in.") @Default("acme")
          FileName storage,
      @Doc("Whether you agree to the authority's terms of service; it asks for that.")
          boolean termsAgreed,
      @Doc(
              "How the authority sees that a name is ours: http-01 over listen.http, port 80 to the"
                  + " world; tls-alpn-01 over listen.https, port 443.")
          @Default("http-01")
          AcmeChallenge challenge,
      @Doc("How long before its end a certificate is renewed.") @Default("30d")
          Duration renewBefore,
      @Doc("The certificates to trust the authority by, as PEM; the system's if left out.")
          Optional<FileName> ca) {

    public AcmeConfig {
      Check.positive("renew-before", renewBefore);
      Check.url("directory", directory);
      if (domains.isEmpty()) {
        throw new IllegalArgumentException("domains must name at least one domain");
      }
    }
  }

  /** How an authority sees that a name is ours. */
  public enum AcmeChallenge {
    HTTP_01,
    TLS_ALPN_01
  }
}
