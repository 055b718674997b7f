package dev.terrace.net.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * A certificate with its key, ready to be shown to clients.
 *
 * @param label what it is called in logs and metrics
 * @param chain the certificate first, then those that lead to its CA
 * @param key its private key
 * @param names the names it is for, in lower case: exact ones and {@code *.name}
 */
public record ServerCertificate(
    String label, List<X509Certificate> chain, PrivateKey key, List<String> names) {

  private static final int DNS_NAME = 2;
  private static final byte[] PROBE = {'t', 'e', 'r', 'r', 'a', 'c', 'e'};

  public ServerCertificate {
    chain = List.copyOf(chain);
    names = List.copyOf(names);
  }

  /**
   * Reads a certificate with its chain, and its key.
   *
   * @throws TlsFailure if a file cannot be read or the two do not belong together
   */
  public static ServerCertificate read(Path certificate, Path key) throws TlsFailure {
    List<X509Certificate> chain = PemFiles.certificates(certificate);
    PrivateKey privateKey = PemFiles.key(key);
    X509Certificate own = chain.getFirst();
    if (!belongTogether(own.getPublicKey(), privateKey)) {
      throw new TlsFailure(
          key,
          "this key does not belong to the certificate in "
              + certificate
              + (chain.size() > 1
                  ? " (its first: the server's own must come before its CAs)"
                  : ""));
    }
    return new ServerCertificate(
        String.valueOf(certificate.getFileName()), chain, privateKey, namesOf(own));
  }

  /** What the key signs, the certificate must be able to verify. */
  private static boolean belongTogether(PublicKey publicKey, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The DNS names in the certificate; the common name only where there is none (RFC 6125). */
  static List<String> namesOf(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0) instanceof Integer type && type == DNS_NAME) {
            names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
      if (names.isEmpty()) {
        X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        for (RDN part : subject.getRDNs(BCStyle.CN)) {
          names.add(part.getFirst().getValue().toString().toLowerCase(Locale.ROOT));
        }
      }
    } catch (GeneralSecurityException e) {
      return names; // without names it can still be the default
    }
    return names;
  }

  /** The end of its time. */
  public Instant expires() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /** How much of its time is left; negative when it is over. */
  public Duration left(Instant now) {
    return Duration.between(now, expires());
  }

  /** Without the key. */
  @Override
  public String toString() {
    return label + " for " + String.join(", ", names) + ", until " + expires();
  }
}
