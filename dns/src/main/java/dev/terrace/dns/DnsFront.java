package dev.terrace.dns;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Front;
import dev.terrace.net.Listeners;
import dev.terrace.net.UdpListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The authoritative DNS server: every address is served over UDP and TCP (RFC 7766, section 5).
 * There is no recursion, no zone transfer and no update.
 */
public final class DnsFront implements Front<TerraceConfig> {

  /** The key under {@code listen}, and the label of metrics. */
  static final String LISTENER = "dns";

  /** Ports to try where the system chooses: one that is free for UDP may be taken for TCP. */
  private static final int PORT_TRIES = 16;

  /** What the kernel keeps of replies that a client does not take; by itself it grows to 4 MB. */
  private static final int SEND_BUFFER = 128 * 1024;

  private final EventLoops loops;
  private final Pools pools;
  private final Signals signals;
  private final DnsCounters counters;
  private final Listeners tcp;
  private final Map<Address, UdpListener> udp = new LinkedHashMap<>();
  private volatile @Nullable Served served;

  /** A front that listens nowhere until it is configured. */
  public DnsFront(EventLoops loops, Pools pools, Signals signals) {
    this.loops = loops;
    this.pools = pools;
    this.signals = signals;
    this.counters = new DnsCounters(signals);
    this.tcp = new Listeners(loops, LISTENER, signals, this::setUpTcp);
  }

  private void setUpTcp(Channel client) {
    // A client may send its queries, close its side and wait for the replies.
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    client.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
    client.pipeline().addLast(new TcpHandler(() -> served, counters));
  }

  private void setUpUdp(Channel socket) {
    socket.pipeline().addLast(new UdpHandler(() -> served, counters));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a record names a pool that is not there; then nothing has
   *     changed
   */
  @Override
  public synchronized void configure(TerraceConfig file) throws BindFailure {
    Served next = new Served(ZoneBuilder.build(file, pools, signals), file.dns().tcpIdleTimeout());
    List<Address> wanted = file.listen().dns().stream().distinct().toList();
    for (int tries = 1; ; tries++) {
      try {
        listen(wanted, file);
        break;
      } catch (BindFailure e) {
        if (tries == PORT_TRIES || wanted.stream().noneMatch(address -> address.port() == 0)) {
          throw e;
        }
      }
    }
    served = next;
  }

  /** Opens what is new over both transports, then closes what is gone; or changes nothing. */
  private void listen(List<Address> wanted, TerraceConfig file) throws BindFailure {
    Map<Address, UdpListener> fresh = new LinkedHashMap<>();
    try {
      List<Address> resolved = new ArrayList<>();
      for (Address address : wanted) {
        UdpListener listener = udp.get(address);
        if (listener == null) {
          listener = UdpListener.open(loops, LISTENER, address, this::setUpUdp);
          fresh.put(address, listener);
        }
        resolved.add(listener.address());
      }
      tcp.configure(resolved, file.runtime().maxConnections(), file.runtime().drainTimeout());
    } catch (BindFailure e) {
      fresh.values().forEach(UdpListener::close);
      throw e;
    }
    udp.entrySet()
        .removeIf(listening -> {
          boolean gone = !wanted.contains(listening.getKey());
          if (gone) {
            listening.getValue().close();
          }
          return gone;
        });
    udp.putAll(fresh);
  }

  /** The addresses served, with the ports that the system chose where 0 was asked for. */
  public List<Address> addresses() {
    return tcp.addresses();
  }

  /** UDP ends at once, as each datagram is answered when it is read; connections are drained. */
  @Override
  public synchronized CompletableFuture<Void> drain(Duration deadline) {
    closeUdp();
    return tcp.drain(deadline);
  }

  private void closeUdp() {
    udp.values().forEach(UdpListener::close);
    udp.clear();
  }

  @Override
  public synchronized void close() {
    closeUdp();
    tcp.close();
  }
}
