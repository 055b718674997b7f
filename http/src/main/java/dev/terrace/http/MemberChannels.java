package dev.terrace.http;

import dev.terrace.config.FileName;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.BackendTlsConfig;
import dev.terrace.config.PoolConfig.MemberProtocol;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.FileWatch;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.TlsFailure;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import io.netty.handler.ssl.ApplicationProtocolNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes before HTTP on the connections to a pool's members: a PROXY header, TLS. Two are equal
 * if the same settings lead to the same files.
 */
public final class MemberChannels {

  private final ProxyVersion proxy;
  private final Optional<MemberTlsSettings> settings;
  private final FileWatch.Look files;
  private final @Nullable ClientTls tls;

  private MemberChannels(ProxyVersion proxy, Optional<MemberTlsSettings> settings)
      throws TlsFailure {
    this.proxy = proxy;
    this.settings = settings;
    this.files = FileWatch.look(settings.map(MemberChannels::paths).orElse(List.of()));
    this.tls = settings.isPresent() ? ClientTls.open(settings.get()) : null;
  }

  /**
   * Reads what a pool's configuration names.
   *
   * @throws TlsFailure if a file cannot be used
   */
  public static MemberChannels of(PoolConfig pool) throws TlsFailure {
    ProxyVersion proxy = ProxyVersion.valueOf(pool.proxyProtocol().name());
    return new MemberChannels(
        proxy, pool.tls().map(tls -> settings(tls, pool.protocol())));
  }

  private static List<String> protocols(MemberProtocol protocol) {
    return List.of(
        switch (protocol) {
          case HTTP1 -> ApplicationProtocolNames.HTTP_1_1;
          case HTTP2 -> ApplicationProtocolNames.HTTP_2;
        });
  }

  /** What the file says of TLS to members, in the words of the sockets. */
  public static MemberTlsSettings settings(BackendTlsConfig tls, MemberProtocol protocol) {
    Optional<CertificateFiles> own =
        tls.certificate()
            .flatMap(certificate ->
                tls.key().map(key -> new CertificateFiles(certificate.path(), key.path())));
    return new MemberTlsSettings(
        tls.ca().map(FileName::path), tls.serverName(), own, tls.verify(), protocols(protocol));
  }

  private static List<Path> paths(MemberTlsSettings settings) {
    List<Path> paths = new ArrayList<>();
    settings.ca().ifPresent(paths::add);
    settings.certificate().ifPresent(own -> paths.addAll(List.of(own.certificate(), own.key())));
    return paths;
  }

  ProxyVersion proxy() {
    return proxy;
  }

  /** A pool's setup with what goes before it. */
  ConnectionPool.Setup around(Duration longest, ConnectionPool.Setup setup) {
    return tls == null ? setup : tls.secure(longest, setup);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MemberChannels same
        && proxy == same.proxy
        && settings.equals(same.settings)
        && files.equals(same.files);
  }

  @Override
  public int hashCode() {
    return Objects.hash(proxy, settings, files);
  }
}
