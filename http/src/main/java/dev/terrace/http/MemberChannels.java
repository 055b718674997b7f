package dev.terrace.http;

import dev.terrace.config.FileName;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.BackendTlsConfig;
import dev.terrace.config.PoolConfig.MemberProtocol;
import dev.terrace.config.TerraceConfig;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.MemberTlsSettings.Verify;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import io.netty.handler.ssl.ApplicationProtocolNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes before HTTP on the connections to a pool's members: a PROXY header, TLS.
 *
 * @param tls the same as long as the pool's settings are, whatever becomes of the files they name
 */
public record MemberChannels(ProxyVersion proxy, Optional<ClientTls> tls) {

  /** By a pool's configuration. */
  static MemberChannels of(String name, PoolConfig pool, MemberTls memberTls) {
    Optional<ClientTls> tls = memberTls.of(name);
    if (tls.isPresent() != pool.tls().isPresent()) {
      throw new IllegalStateException("TLS to members is not by the same file: " + name);
    }
    return new MemberChannels(ProxyVersion.valueOf(pool.proxyProtocol().name()), tls);
  }

  /** What a file says of TLS to the members of its pools, in the words of the sockets. */
  public static Map<String, MemberTlsSettings> tls(TerraceConfig file) {
    Map<String, MemberTlsSettings> all = new HashMap<>();
    file.pools()
        .forEach((name, pool) ->
            pool.tls().ifPresent(tls -> all.put(name, settings(tls, pool.protocol()))));
    return all;
  }

  private static MemberTlsSettings settings(BackendTlsConfig tls, MemberProtocol protocol) {
    Optional<CertificateFiles> own =
        tls.certificate()
            .flatMap(certificate ->
                tls.key().map(key -> new CertificateFiles(certificate.path(), key.path())));
    String offered =
        switch (protocol) {
          case HTTP1 -> ApplicationProtocolNames.HTTP_1_1;
          case HTTP2 -> ApplicationProtocolNames.HTTP_2;
        };
    return new MemberTlsSettings(
        tls.ca().map(FileName::path),
        tls.serverName(),
        own,
        tls.verify() ? Verify.NAME : Verify.NOTHING,
        List.of(offered));
  }

  /** A pool's setup with what goes before it. */
  ConnectionPool.Setup around(Duration longest, ConnectionPool.Setup setup) {
    return tls.map(t -> t.secure(longest, setup)).orElse(setup);
  }
}
