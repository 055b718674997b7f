package dev.terrace.net.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One listener's certificates by the names in them, each with its own library context. It never
 * changes: a reload makes another. Who has finished with it releases it; connections keep theirs.
 */
final class ContextSet {

  private static final long SESSIONS = 20_000;
  private static final Duration SESSION_TIME = Duration.ofHours(12);

  /**
   * What a set is made from.
   *
   * @param clientCas the CAs of clients' certificates; empty if none are asked for
   */
  record Parts(
      TlsSettings settings, List<ServerCertificate> certificates, List<X509Certificate> clientCas) {

    Parts {
      certificates = List.copyOf(certificates);
      clientCas = List.copyOf(clientCas);
    }
  }

  /** A certificate and what shakes hands with it. */
  record Entry(ServerCertificate certificate, SslContext context) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Entry> exact = new HashMap<>();
  private final Map<String, Entry> belowDomain = new HashMap<>();
  private final boolean asksClients;

  private ContextSet(boolean asksClients) {
    this.asksClients = asksClients;
  }

  /** Makes one; all or nothing. */
  static ContextSet of(Parts parts, List<String> protocols, TicketKeys tickets) throws TlsFailure {
    ContextSet set = new ContextSet(parts.settings().clientAuth().isPresent());
    for (ServerCertificate certificate : parts.certificates()) {
      try {
        set.add(certificate, context(certificate, parts, protocols), tickets);
      } catch (SSLException | IllegalArgumentException e) {
        set.release();
        throw new TlsFailure(
            "certificate " + certificate.label() + " cannot be used: " + e.getMessage(), e);
      }
    }
    return set;
  }

  private static SslContext context(
      ServerCertificate certificate, Parts parts, List<String> protocols) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(certificate.key(), certificate.chain())
            .sslProvider(TlsProvider.chosen())
            .protocols(parts.settings().minVersion().andNewer())
            .ciphers(TlsProvider.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .sessionCacheSize(SESSIONS)
            .sessionTimeout(SESSION_TIME.toSeconds())
            .applicationProtocolConfig(alpn(protocols));
    parts
        .settings()
        .clientAuth()
        .ifPresent(auth ->
            builder
                .clientAuth(auth.required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL)
                .trustManager(parts.clientCas()));
    return builder.build();
  }

  static ApplicationProtocolConfig alpn(List<String> protocols) {
    if (protocols.isEmpty()) {
      return ApplicationProtocolConfig.DISABLED;
    }
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocols);
  }

  private void add(ServerCertificate certificate, SslContext context, TicketKeys tickets) {
    Entry entry = new Entry(certificate, context);
    entries.add(entry);
    for (String name : certificate.names()) {
      if (name.startsWith("*.")) {
        belowDomain.putIfAbsent(name.substring(2), entry);
      } else {
        exact.putIfAbsent(name, entry);
      }
    }
    seal(entry, tickets);
  }

  private static void seal(Entry entry, TicketKeys tickets) {
    if (entry.context().sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setTicketKeys(tickets.of(entry.certificate()));
    }
  }

  /** Takes over new ticket keys. */
  void seal(TicketKeys tickets) {
    entries.forEach(entry -> seal(entry, tickets));
  }

  /**
   * What to show for a server name in lower case: a certificate of that very name, else one with a
   * wildcard for its first label, else the first in the file; null if there is none at all.
   */
  @Nullable Entry pick(@Nullable String name) {
    if (name != null) {
      Entry found = exact.get(name);
      if (found == null) {
        found = belowDomain.get(name.substring(name.indexOf('.') + 1));
      }
      if (found != null) {
        return found;
      }
    }
    return entries.isEmpty() ? null : entries.getFirst();
  }

  /** Whether clients are asked for certificates. */
  boolean asksClients() {
    return asksClients;
  }

  /** Lets the contexts go as soon as the last connection with one has. */
  void release() {
    entries.forEach(entry -> ReferenceCountUtil.release(entry.context()));
  }
}
