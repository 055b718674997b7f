package dev.terrace.app.server;

import dev.terrace.config.FileName;
import dev.terrace.config.TlsConfig;
import dev.terrace.config.TlsConfig.AcmeConfig;
import dev.terrace.config.TlsConfig.CertificateConfig;
import dev.terrace.config.TlsConfig.ClientAuthMode;
import dev.terrace.config.TlsConfig.TlsVersion;
import dev.terrace.net.acme.AcmeSettings;
import dev.terrace.net.tls.TlsSettings;
import java.net.URI;
import java.util.List;

/** What a file says of TLS, in the words of the sockets. */
final class TlsFiles {

  private TlsFiles() {}

  static TlsSettings of(TlsConfig tls) {
    List<TlsSettings.CertificateFiles> certificates =
        tls.certificates().stream().map(TlsFiles::files).toList();
    TlsSettings.Version version =
        tls.minVersion() == TlsVersion.TLS_1_3
            ? TlsSettings.Version.TLS_1_3
            : TlsSettings.Version.TLS_1_2;
    return new TlsSettings(
        certificates,
        version,
        tls.clientAuth()
            .map(auth ->
                new TlsSettings.ClientAuth(
                    auth.ca().path(), auth.mode() == ClientAuthMode.REQUIRE)));
  }

  private static TlsSettings.CertificateFiles files(CertificateConfig pair) {
    return new TlsSettings.CertificateFiles(pair.certificate().path(), pair.key().path());
  }

  static AcmeSettings of(AcmeConfig acme) {
    return new AcmeSettings(
        URI.create(acme.directory()),
        acme.email(),
        acme.domains(),
        acme.storage().path(),
        acme.termsAgreed(),
        AcmeSettings.Challenge.valueOf(acme.challenge().name()),
        acme.renewBefore(),
        acme.ca().map(FileName::path));
  }
}
