package dev.terrace.net.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's TLS for a client that trusts the CAs of a file alone. */
public final class TrustedCas {

  private TrustedCas() {}

  /**
   * Reads the file.
   *
   * @throws TlsFailure if it cannot be used
   */
  public static SSLContext clientContext(Path ca) throws TlsFailure {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (X509Certificate certificate : PemFiles.certificates(ca)) {
        trusted.setCertificateEntry("ca" + trusted.size(), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (TlsFailure e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsFailure(ca, "it cannot be used: " + e.getMessage(), e);
    }
  }
}
