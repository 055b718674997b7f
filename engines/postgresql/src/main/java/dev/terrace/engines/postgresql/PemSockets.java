package dev.terrace.engines.postgresql;

import dev.terrace.engine.StoreSettings.Mode;
import dev.terrace.engine.StoreSettings.StoreTls;
import dev.terrace.net.tls.MemberSockets;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.MemberTlsSettings.Verify;
import dev.terrace.net.tls.TlsFailure;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.ssl.WrappedFactory;

/**
 * Secures the driver's connections by the same PEM files that everything else in Terrace takes; the
 * driver makes one for each connection, so changed files count from the next on.
 */
public final class PemSockets extends WrappedFactory {

  private static final String MODE = "terrace.tls.mode";
  private static final String CA = "terrace.tls.ca";
  private static final String NAME = "terrace.tls.server-name";
  private static final String CERTIFICATE = "terrace.tls.certificate";
  private static final String KEY = "terrace.tls.key";

  private final MemberSockets sockets;

  /**
   * Called by the driver.
   *
   * @throws TlsFailure if a file cannot be used
   */
  public PemSockets(Properties properties) throws TlsFailure {
    sockets = MemberSockets.read(settings(Mode.valueOf(properties.getProperty(MODE)), properties));
    factory = sockets.factory();
  }

  private static MemberTlsSettings settings(Mode mode, Properties properties) {
    Optional<Path> certificate = path(properties, CERTIFICATE);
    Verify verify =
        switch (mode) {
          case PREFER, REQUIRE -> Verify.NOTHING;
          case VERIFY_CA -> Verify.CA;
          case VERIFY_FULL -> Verify.NAME;
        };
    return new MemberTlsSettings(
        path(properties, CA),
        Optional.ofNullable(properties.getProperty(NAME)),
        certificate.flatMap(
            own -> path(properties, KEY).map(key -> new CertificateFiles(own, key))),
        verify,
        List.of());
  }

  private static Optional<Path> path(Properties properties, String name) {
    return Optional.ofNullable(properties.getProperty(name)).map(Path::of);
  }

  /** Has the driver secure its connections so. */
  static void configure(Properties properties, StoreTls tls) {
    // The driver's own check of names knows nothing of server-name; ours does.
    String mode = tls.mode() == Mode.VERIFY_FULL ? "verify-ca" : driversName(tls.mode());
    properties.setProperty("sslmode", mode);
    properties.setProperty("sslfactory", PemSockets.class.getName());
    properties.setProperty(MODE, tls.mode().name());
    tls.ca().ifPresent(path -> properties.setProperty(CA, path.toString()));
    tls.serverName().ifPresent(name -> properties.setProperty(NAME, name));
    tls.certificate().ifPresent(path -> properties.setProperty(CERTIFICATE, path.toString()));
    tls.key().ifPresent(path -> properties.setProperty(KEY, path.toString()));
  }

  private static String driversName(Mode mode) {
    return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return sockets.secure(socket, host, port);
  }
}
