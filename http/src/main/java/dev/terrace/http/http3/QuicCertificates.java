package dev.terrace.http.http3;

import dev.terrace.net.tls.ServerCertificate;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.util.Mapping;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a certificate for QUIC by the server name that a client asks for, from those that clients
 * of TCP are shown. When those change, the next handshake sees it.
 */
final class QuicCertificates implements Mapping<String, @Nullable QuicSslContext> {

  private static final String PROTOCOL = "h3";

  private record Contexts(List<ServerCertificate> of, Map<String, QuicSslContext> byName) {}

  private static final String FIRST = "";

  private final Supplier<List<ServerCertificate>> certificates;
  private volatile Contexts contexts = new Contexts(List.of(), Map.of());

  QuicCertificates(Supplier<List<ServerCertificate>> certificates) {
    this.certificates = certificates;
  }

  /** The context to give to QUIC, which asks this one by name. */
  QuicSslContext context() {
    return QuicSslContextBuilder.buildForServerWithSni(this);
  }

  @Override
  public @Nullable QuicSslContext map(@Nullable String name) {
    Map<String, QuicSslContext> byName = current().byName();
    QuicSslContext found = null;
    if (name != null) {
      String lower = name.toLowerCase(Locale.ROOT);
      found = byName.get(lower);
      if (found == null) {
        found = byName.get("*." + lower.substring(lower.indexOf('.') + 1));
      }
    }
    return found == null ? byName.get(FIRST) : found;
  }

  private Contexts current() {
    Contexts known = contexts;
    List<ServerCertificate> now = certificates.get();
    if (!known.of().equals(now)) {
      known = new Contexts(now, build(now));
      contexts = known;
    }
    return known;
  }

  private static Map<String, QuicSslContext> build(List<ServerCertificate> all) {
    Map<String, QuicSslContext> byName = new HashMap<>();
    for (ServerCertificate certificate : all) {
      QuicSslContext context =
          QuicSslContextBuilder.forServer(
                  certificate.key(), null, certificate.chain().toArray(X509Certificate[]::new))
              .applicationProtocols(PROTOCOL)
              .build();
      byName.putIfAbsent(FIRST, context);
      for (String name : certificate.names()) {
        byName.putIfAbsent(name, context);
      }
    }
    return byName;
  }
}
