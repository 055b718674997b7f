package dev.terrace.net.proxy;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.TcpListener;
import io.netty.channel.Channel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Requires a PROXY header from the load balancers in front of one listener: {@link #require} goes
 * between the listener and what follows, before TLS. Only trusted peers may send one, as it says
 * who the client is; everybody else is closed and counted.
 */
public final class ProxyHeaders {

  /** Room for what a header may tell beside addresses, in version 2. */
  private static final int MAX_EXTRAS_BYTES = 2048;

  /** Why a connection was closed. */
  enum Refusal {
    /** The peer is not trusted to say who its clients are. */
    STRANGER,
    /** What came is no PROXY header. */
    MALFORMED,
    /** The header did not come in time. */
    LATE
  }

  /**
   * Who must send headers.
   *
   * @param trusted the peers that may; nobody else may connect
   * @param longest how long a header may take
   */
  public record Rule(Predicate<InetAddress> trusted, Duration longest) {}

  private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
  private volatile Optional<Rule> rule = Optional.empty();

  /**
   * Requires nothing yet.
   *
   * @param listener the front's key under {@code listen}
   */
  public ProxyHeaders(String listener, Signals signals) {
    for (Refusal refusal : Refusal.values()) {
      refusals.put(refusal, signals.counter(Metric.PROXY_REFUSED, listener, refusal.name()));
    }
  }

  /** Goes by this rule for connections from now on; without one no header is expected. */
  public void configure(Optional<Rule> next) {
    rule = next;
  }

  /** A listener's setup that reads the header first, if one is required. */
  public TcpListener.Setup require(TcpListener.Setup next) {
    return client -> {
      Optional<Rule> current = rule;
      if (current.isEmpty()) {
        next.accept(client);
      } else {
        accept(client, current.get(), next);
      }
    };
  }

  private void accept(Channel client, Rule current, TcpListener.Setup next) {
    InetAddress peer = ((InetSocketAddress) client.remoteAddress()).getAddress();
    if (!current.trusted().test(peer)) {
      refuse(client, Refusal.STRANGER);
      return;
    }
    client
        .pipeline()
        .addLast(new HAProxyMessageDecoder(MAX_EXTRAS_BYTES))
        .addLast(new HeaderReader(this, next, current.longest()));
  }

  void refuse(Channel client, Refusal why) {
    Counter counter = refusals.get(why);
    if (counter != null) {
      counter.increment();
    }
    client.close();
  }
}
