package dev.terrace.sql;

import dev.terrace.config.FileName;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.StoreTlsConfig;
import dev.terrace.config.StoreConfig.StoreTlsMode;
import dev.terrace.config.TerraceConfig;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.MemberTlsSettings.Verify;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import dev.terrace.sql.server.ServerTls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a file says of TLS to stores' servers, in the words of the sockets. */
public final class StoreTls {

  private StoreTls() {}

  /** The settings of all stores that have some, by the names that {@link MemberTls} has them by. */
  public static Map<String, MemberTlsSettings> settings(TerraceConfig file) {
    Map<String, MemberTlsSettings> all = new HashMap<>();
    file.databases()
        .forEach((name, store) ->
            store
                .tls()
                .filter(tls -> tls.mode() != StoreTlsMode.DISABLE)
                .ifPresent(tls -> all.put(key(name), settings(tls))));
    return all;
  }

  /** No pool of a file's own has such a name. */
  private static String key(String store) {
    return "stores/" + store;
  }

  private static MemberTlsSettings settings(StoreTlsConfig tls) {
    Optional<CertificateFiles> own =
        tls.certificate()
            .flatMap(certificate ->
                tls.key().map(key -> new CertificateFiles(certificate.path(), key.path())));
    Verify verify =
        switch (tls.mode()) {
          case DISABLE, PREFER, REQUIRE -> Verify.NOTHING;
          case VERIFY_CA -> Verify.CA;
          case VERIFY_FULL -> Verify.NAME;
        };
    return new MemberTlsSettings(
        tls.ca().map(FileName::path), tls.serverName(), own, verify, List.of("postgresql"));
  }

  static Optional<ServerTls> of(String name, StoreConfig store, MemberTls memberTls) {
    Optional<StoreTlsConfig> wanted = store.tls().filter(tls -> tls.mode() != StoreTlsMode.DISABLE);
    return wanted.map(tls ->
        new ServerTls(
            tls.mode() != StoreTlsMode.PREFER,
            memberTls
                .of(key(name))
                .orElseThrow(() ->
                    new IllegalStateException("TLS to servers is not by the same file: " + name))));
  }
}
