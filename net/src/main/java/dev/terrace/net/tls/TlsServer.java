package dev.terrace.net.tls;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.TcpListener;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * TLS for one listener: {@link #secure} goes between the listener and the front. The certificates
 * come from the {@link CertificateStore} that made it.
 */
public final class TlsServer {

  private static final long HANDSHAKE_MILLIS = 10_000;

  /** A front's handlers for a connection whose handshake has succeeded. */
  @FunctionalInterface
  public interface Secured {
    /** Adds them; called on the connection's event loop. */
    void accept(Channel client, TlsSession session);
  }

  /** A context for one handshake; whoever has it must release it. */
  record Chosen(SslContext context, boolean asksClient, Optional<X509Certificate> certificate) {}

  private final List<String> protocols;
  private final Counter tls12;
  private final Counter tls13;
  private final Map<HandshakeFault, Counter> failures = new EnumMap<>(HandshakeFault.class);
  private final Proofs proofs;
  private volatile ContextSet contexts;
  private volatile long handshakeMillis = HANDSHAKE_MILLIS;

  TlsServer(
      String listener,
      List<String> protocols,
      Signals signals,
      ContextSet contexts,
      Proofs proofs) {
    this.proofs = proofs;
    this.protocols = List.copyOf(protocols);
    this.contexts = contexts;
    tls12 = signals.counter(Metric.TLS_HANDSHAKES, listener, "TLSv1.2");
    tls13 = signals.counter(Metric.TLS_HANDSHAKES, listener, "TLSv1.3");
    for (HandshakeFault fault : HandshakeFault.values()) {
      failures.put(fault, signals.counter(Metric.TLS_FAILURES, listener, fault.name()));
    }
  }

  /** Closes connections whose handshake takes longer; ten seconds unless set. */
  public void handshakeTimeout(Duration longest) {
    handshakeMillis = longest.toMillis();
  }

  /**
   * A listener's setup that shakes hands first and then has the front add its handlers. Those see
   * clear text and write clear text. A connection that fails is closed and counted.
   */
  public TcpListener.Setup secure(Secured front) {
    return client ->
        client
            .pipeline()
            .addLast(new ClientHelloHandler(this, handshakeMillis))
            .addLast(new HandshakeEnd(this, front));
  }

  List<String> protocols() {
    return protocols;
  }

  /** Whether an authority may come for a proof. */
  boolean expectsProofs() {
    return !proofs.isEmpty();
  }

  /** The context that proves this name; null if no authority was asked for it. */
  @Nullable Chosen prove(@Nullable String serverName) {
    SslContext context = proofs.of(serverName);
    return context != null && retained(context)
        ? new Chosen(context, false, Optional.empty())
        : null;
  }

  /** The context for a client that asks for this name; null if there is no certificate at all. */
  @Nullable Chosen choose(@Nullable String serverName) {
    while (true) {
      ContextSet set = contexts;
      ContextSet.Entry entry = set.pick(serverName);
      if (entry == null) {
        return null;
      }
      if (retained(entry.context())) {
        return new Chosen(
            entry.context(),
            set.asksClients(),
            Optional.of(entry.certificate().chain().getFirst()));
      }
      // Replaced and let go in between: the next look finds the new set, or the store is closed.
      if (set == contexts) {
        return null;
      }
    }
  }

  private static boolean retained(SslContext context) {
    try {
      ReferenceCountUtil.retain(context);
      return true;
    } catch (IllegalReferenceCountException e) {
      return false;
    }
  }

  void use(ContextSet fresh) {
    ContextSet before = contexts;
    contexts = fresh;
    before.release();
  }

  void seal(TicketKeys tickets) {
    contexts.seal(tickets);
  }

  void succeeded(String version) {
    (version.equals("TLSv1.3") ? tls13 : tls12).increment();
  }

  void failed(HandshakeFault fault) {
    Counter counter = failures.get(fault);
    if (counter != null) {
      counter.increment();
    }
  }

  void close() {
    contexts.release();
  }
}
