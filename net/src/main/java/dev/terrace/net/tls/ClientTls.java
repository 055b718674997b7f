package dev.terrace.net.tls;

import dev.terrace.core.pool.Address;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.tls.MemberTlsSettings.Verify;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS to one pool's members: {@link #secure} goes around the pool's setup. A connection counts as
 * connected when its handshake has succeeded; until then it is unreachable, and says why.
 */
public final class ClientTls implements AutoCloseable {

  /** What the files held at one moment, and what came of it. */
  record Loaded(List<X509Certificate> cas, Optional<ServerCertificate> own, SslContext context) {

    Loaded {
      cas = List.copyOf(cas);
    }

    static Loaded read(MemberTlsSettings settings) throws TlsFailure {
      List<X509Certificate> cas = List.of();
      if (settings.ca().isPresent()) {
        cas = PemFiles.certificates(settings.ca().get());
      }
      Optional<ServerCertificate> own = Optional.empty();
      if (settings.certificate().isPresent()) {
        TlsSettings.CertificateFiles files = settings.certificate().get();
        own = Optional.of(ServerCertificate.read(files.certificate(), files.key()));
      }
      try {
        return new Loaded(cas, own, newContext(settings, cas, own));
      } catch (SSLException | IllegalArgumentException e) {
        throw new TlsFailure("TLS to members cannot be set up: " + e.getMessage(), e);
      }
    }

    boolean holdsTheSame(Loaded other) {
      return cas.equals(other.cas) && own.equals(other.own);
    }
  }

  private final MemberTlsSettings settings;
  private volatile Loaded loaded;
  private boolean closed;

  ClientTls(MemberTlsSettings settings, Loaded loaded) {
    this.settings = settings;
    this.loaded = loaded;
  }

  /**
   * Reads what the settings name.
   *
   * @throws TlsFailure if a file cannot be used
   */
  public static ClientTls open(MemberTlsSettings settings) throws TlsFailure {
    return new ClientTls(settings, Loaded.read(settings));
  }

  MemberTlsSettings settings() {
    return settings;
  }

  /**
   * Shakes hands with this from now on. The context before is left to the garbage collector: a
   * handshake may be about to begin with it.
   */
  void use(Loaded fresh) {
    if (loaded.holdsTheSame(fresh)) {
      ReferenceCountUtil.release(fresh.context()); // sessions of the other can still be resumed
    } else {
      loaded = fresh;
    }
  }

  private static SslContext newContext(
      MemberTlsSettings settings, List<X509Certificate> cas, Optional<ServerCertificate> own)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(TlsProvider.collected())
            .protocols(TlsSettings.Version.TLS_1_2.andNewer())
            .ciphers(TlsProvider.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .endpointIdentificationAlgorithm(settings.verify() == Verify.NAME ? "HTTPS" : null)
            .applicationProtocolConfig(ContextSet.alpn(settings.protocols()));
    if (settings.verify() == Verify.NOTHING) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (!cas.isEmpty()) {
      builder.trustManager(cas);
    }
    own.ifPresent(certificate -> builder.keyManager(certificate.key(), certificate.chain()));
    return builder.build();
  }

  /**
   * A pool's setup that shakes hands first.
   *
   * @param longest what a handshake may take
   */
  public ConnectionPool.Setup secure(Duration longest, ConnectionPool.Setup setup) {
    return channel -> {
      SslHandler tls = handler(channel, ConnectionPool.memberOf(channel));
      tls.setHandshakeTimeoutMillis(longest.toMillis());
      Promise<Channel> ready = channel.eventLoop().newPromise();
      ConnectionPool.readyWhen(channel, ready);
      tls.handshakeFuture()
          .addListener(done -> {
            Throwable fault = done.isSuccess() ? protocolFault(tls) : done.cause();
            if (fault == null) {
              ready.trySuccess(channel);
            } else {
              ready.tryFailure(new SSLException("TLS: " + words(fault), fault));
            }
          });
      channel.pipeline().addLast("tls", tls);
      setup.accept(channel);
    };
  }

  /** Why a handshake failed; the innermost cause says most: the outer ones are layers. */
  public static String words(Throwable fault) {
    String words = String.valueOf(fault.getMessage());
    for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        words = cause.getMessage();
      }
    }
    return words;
  }

  /** Secures a connection to this member; it shakes hands as soon as the channel is active. */
  public SslHandler handler(Channel channel, Address member) {
    String name = settings.serverName().orElse(member.host());
    return loaded.context().newHandler(channel.alloc(), name, member.port());
  }

  /**
   * What is wrong with the protocol that a member has chosen, if anything: HTTP/2 must have been
   * chosen where nothing else was offered (RFC 9113, section 3.2).
   */
  public @Nullable SSLException protocolFault(SslHandler tls) {
    boolean onlyHttp2 = settings.protocols().equals(List.of(ApplicationProtocolNames.HTTP_2));
    return onlyHttp2 && !ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())
        ? new SSLException("the member does not speak HTTP/2 (ALPN h2)")
        : null;
  }

  /**
   * Lets the library's context go as soon as the last connection with it has. Whoever cannot tell
   * when no more connections will begin leaves that to the garbage collector.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ReferenceCountUtil.release(loaded.context());
    }
  }
}
