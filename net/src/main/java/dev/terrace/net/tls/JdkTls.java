package dev.terrace.net.tls;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS to members for drivers that bring their own sockets: the JDK's, by the same settings. */
public final class JdkTls {

  private JdkTls() {}

  /**
   * Reads what the settings name. Whether a certificate bears the member's name is left to the
   * sockets.
   *
   * @throws TlsFailure if a file cannot be used
   */
  public static SSLContext context(MemberTlsSettings settings) throws TlsFailure {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(settings), trust(settings).getTrustManagers(), null);
      return context;
    } catch (TlsFailure e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsFailure("TLS to members cannot be set up: " + e.getMessage(), e);
    }
  }

  private static TrustManagerFactory trust(MemberTlsSettings settings)
      throws GeneralSecurityException, IOException {
    if (settings.verify() == MemberTlsSettings.Verify.NOTHING) {
      return InsecureTrustManagerFactory.INSTANCE;
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore trusted = null;
    if (settings.ca().isPresent()) {
      trusted = empty();
      for (X509Certificate certificate : PemFiles.certificates(settings.ca().get())) {
        trusted.setCertificateEntry("ca" + trusted.size(), certificate);
      }
    }
    trust.init(trusted);
    return trust;
  }

  private static KeyManager @Nullable [] keys(MemberTlsSettings settings)
      throws GeneralSecurityException, IOException {
    if (settings.certificate().isEmpty()) {
      return null;
    }
    TlsSettings.CertificateFiles files = settings.certificate().get();
    ServerCertificate own = ServerCertificate.read(files.certificate(), files.key());
    KeyStore mine = empty();
    mine.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(mine, new char[0]);
    return managers.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
