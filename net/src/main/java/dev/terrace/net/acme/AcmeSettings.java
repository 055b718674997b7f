package dev.terrace.net.acme;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which certificate is got from whom, by the file.
 *
 * @param directory the authority's
 * @param storage the folder that account and certificate are kept in
 * @param ca PEM file of the CAs that the authority's own TLS is trusted by; the JDK's if left out
 */
public record AcmeSettings(
    URI directory,
    Optional<String> email,
    List<String> domains,
    Path storage,
    boolean termsAgreed,
    Challenge challenge,
    Duration renewBefore,
    Optional<Path> ca) {

  public AcmeSettings {
    domains = List.copyOf(domains);
  }

  /** How the authority sees that a domain is ours. */
  public enum Challenge {
    /** It asks over HTTP, port 80 (RFC 8555, section 8.3). */
    HTTP_01,
    /** It shakes hands over TLS, port 443 (RFC 8737). */
    TLS_ALPN_01
  }
}
