package dev.terrace.net.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Certificates that prove to an authority that a name is ours, and serve nothing else (RFC 8737).
 */
final class Proofs {

  /** What such a client offers by ALPN, alone. */
  static final String PROTOCOL = "acme-tls/1";

  private final Map<String, SslContext> byName = new ConcurrentHashMap<>();

  void put(String name, ServerCertificate proof) throws TlsFailure {
    try {
      SslContext context =
          SslContextBuilder.forServer(proof.key(), proof.chain())
              .sslProvider(TlsProvider.chosen())
              .applicationProtocolConfig(ContextSet.alpn(List.of(PROTOCOL)))
              .build();
      release(byName.put(name.toLowerCase(Locale.ROOT), context));
    } catch (SSLException e) {
      throw new TlsFailure("the proof for " + name + " cannot be used: " + e.getMessage(), e);
    }
  }

  void remove(String name) {
    release(byName.remove(name.toLowerCase(Locale.ROOT)));
  }

  private static void release(@Nullable SslContext context) {
    if (context != null) {
      ReferenceCountUtil.release(context);
    }
  }

  boolean isEmpty() {
    return byName.isEmpty();
  }

  @Nullable SslContext of(@Nullable String name) {
    return name == null ? null : byName.get(name);
  }
}
