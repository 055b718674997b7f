package dev.terrace.app.server;

import dev.terrace.config.FileName;
import dev.terrace.config.FrontTlsConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.TlsConfig;
import dev.terrace.config.TlsConfig.AcmeConfig;
import dev.terrace.config.TlsConfig.CertificateConfig;
import dev.terrace.config.TlsConfig.ClientAuthConfig;
import dev.terrace.config.TlsConfig.ClientAuthMode;
import dev.terrace.config.TlsConfig.TlsVersion;
import dev.terrace.http.MemberChannels;
import dev.terrace.net.acme.AcmeSettings;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.TlsSettings;
import dev.terrace.sql.StoreTls;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a file says of TLS, in the words of the sockets. */
final class TlsFiles {

  private TlsFiles() {}

  /** What members of pools and servers of stores must show. */
  static Map<String, MemberTlsSettings> members(TerraceConfig file) {
    Map<String, MemberTlsSettings> all = new HashMap<>(MemberChannels.tls(file));
    all.putAll(StoreTls.settings(file));
    return all;
  }

  /** What the clients of the SQL front are shown. */
  static TlsSettings ofSql(TerraceConfig file) {
    return of(file, file.sql().tls());
  }

  /** What the clients of the key-value front are shown. */
  static TlsSettings ofKv(TerraceConfig file) {
    return of(file, file.kv().tls());
  }

  private static TlsSettings of(TerraceConfig file, Optional<FrontTlsConfig> front) {
    return front
        .map(tls ->
            settings(
                tls.certificates().isEmpty() ? file.tls().certificates() : tls.certificates(),
                tls.minVersion(),
                tls.clientAuth()))
        .orElse(TlsSettings.NONE);
  }

  static TlsSettings of(TlsConfig tls) {
    return settings(tls.certificates(), tls.minVersion(), tls.clientAuth());
  }

  private static TlsSettings settings(
      List<CertificateConfig> shown, TlsVersion oldest, Optional<ClientAuthConfig> clientAuth) {
    List<TlsSettings.CertificateFiles> certificates = shown.stream().map(TlsFiles::files).toList();
    TlsSettings.Version version =
        oldest == TlsVersion.TLS_1_3 ? TlsSettings.Version.TLS_1_3 : TlsSettings.Version.TLS_1_2;
    return new TlsSettings(
        certificates,
        version,
        clientAuth.map(auth ->
            new TlsSettings.ClientAuth(auth.ca().path(), auth.mode() == ClientAuthMode.REQUIRE)));
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
