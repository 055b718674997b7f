package dev.terrace.http;

import dev.terrace.config.PoolConfig;
import dev.terrace.config.RouteConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.route.RouteRule;
import dev.terrace.core.route.RouteTable;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.exchange.HttpMetrics;
import dev.terrace.http.exchange.Limits;
import dev.terrace.http.exchange.RouteTarget;
import dev.terrace.http.exchange.Serving;
import dev.terrace.http.exchange.StreamLimits;
import dev.terrace.http.http3.Http3Listeners;
import dev.terrace.http.observe.Observing;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Front;
import dev.terrace.net.acme.AcmeChallenges;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP load balancer: HTTP/1.1 (RFC 9110, RFC 9112), HTTP/2 (RFC 9113) and HTTP/3 (RFC 9114) to
 * clients, HTTP/1.1 and HTTP/2 to members, by the file's routes. The pools, and TLS to members,
 * must have been configured with the same file before.
 */
public final class HttpFront implements Front<TerraceConfig> {

  private final List<EventLoop> loops;
  private final List<Deadlines> deadlines = new ArrayList<>();
  private final BackendPools backends;
  private final RouteTargets targets;
  private final ClientListeners listeners;
  private final Http3Listeners http3;
  private final FrontState front;
  private final Observers observers;
  private final AnswerCompression compression;
  private @Nullable Observing observing;

  /**
   * A front that listens nowhere yet.
   *
   * @param certificates what clients over TLS are shown
   * @param memberTls how members are spoken with over TLS
   */
  public HttpFront(
      EventLoops loops,
      Pools pools,
      CertificateStore certificates,
      MemberTls memberTls,
      Signals signals) {
    this.loops = loops.all();
    this.loops.forEach(loop -> deadlines.add(new Deadlines(loop)));
    backends = new BackendPools(loops, pools, memberTls, signals);
    observers = new Observers(signals);
    compression = new AnswerCompression(signals);
    targets = new RouteTargets(this.loops, pools, backends, signals);
    front = new FrontState(new HttpMetrics(signals));
    List<ClientChannels> channels = new ArrayList<>();
    for (int i = 0; i < this.loops.size(); i++) {
      channels.add(new ClientChannels(front, i, deadlines.get(i)));
    }
    listeners = new ClientListeners(loops, channels, certificates, signals);
    http3 = new Http3Listeners(loops, front, deadlines, certificates::certificates, signals);
  }

  @Override
  public synchronized void configure(TerraceConfig file) throws BindFailure {
    observing = observers.configure(file.http());
    if (listeners.isEmpty()) {
      serve(file);
      listen(file);
    } else {
      // What listens already can go on by the old routes; a failure must leave them untouched.
      listen(file);
      serve(file);
    }
  }

  /** Answers authorities that want proofs over HTTP from these from now on. */
  public void answer(AcmeChallenges challenges) {
    front.answer(challenges);
  }

  /** Follows a pool whose members have become others; routes go on as they were. */
  public synchronized void membersChanged(Pool pool) {
    backends.membersChanged(pool.name());
    targets.membersChanged(pool.name());
  }

  /** Closes all connections to a member of a pool; the work on them fails. */
  public synchronized void cut(String pool, String member) {
    backends.cut(pool, Address.parse(member));
  }

  private void listen(TerraceConfig file) throws BindFailure {
    listeners.configure(file);
    http3.configure(
        offersHttp3(file) ? listeners.secureAddresses() : List.of(),
        new Http3Listeners.Settings(
            StreamLimits.of(file.http()),
            file.http().idleTimeout(),
            file.runtime().maxConnections()));
  }

  /** Whether clients may come over QUIC, which brings no PROXY header and asks no certificate. */
  private static boolean offersHttp3(TerraceConfig file) {
    return file.http().http3() && !file.http().proxyProtocol() && file.tls().clientAuth().isEmpty();
  }

  private void serve(TerraceConfig file) {
    Map<String, PoolConfig> used = new LinkedHashMap<>();
    for (RouteConfig route : file.http().routes()) {
      for (String name : route.sentTo()) {
        PoolConfig pool = file.pools().get(name);
        if (pool == null) {
          throw new IllegalArgumentException("no pool '" + name + "'");
        }
        used.put(name, pool);
      }
    }
    backends.configure(used, (int) file.http().maxHead().bytes());
    targets.configure(file.http().routes(), used);
    RouteTable.Builder<RouteTarget> table = new RouteTable.Builder<>();
    for (RouteConfig route : file.http().routes()) {
      RouteRule rule = route.match().rule();
      table.add(rule, targets.of(rule.label(), route, Limits.of(file.http())));
    }
    front.serve(
        Serving.of(
            file.http(),
            table.build(file.http().order()),
            compression.configure(file.http().compression()),
            observing));
  }

  /**
   * The addresses listened on in clear text, with the ports that the system chose where 0 was asked
   * for.
   */
  public List<Address> addresses() {
    return listeners.addresses();
  }

  /** The addresses listened on for TLS, likewise. */
  public List<Address> secureAddresses() {
    return listeners.secureAddresses();
  }

  /** The addresses listened on for HTTP/3. */
  List<Address> http3Addresses() {
    return http3.addresses();
  }

  @Override
  public CompletableFuture<Void> drain(Duration deadline) {
    return CompletableFuture.allOf(http3.drain(deadline), listeners.drain(deadline));
  }

  @Override
  public synchronized void close() {
    listeners.close();
    http3.close();
    targets.close();
    observers.close();
    backends.close();
    deadlines.forEach(Deadlines::close);
  }
}
