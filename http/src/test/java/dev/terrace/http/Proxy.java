package dev.terrace.http;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.net.tls.TlsFailure;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A running front with its loops, on a free port, configured by a file's text. */
final class Proxy implements AutoCloseable {

  final EventLoops loops;
  final Pools pools = new Pools();
  final Signals signals = new Signals();
  final CertificateStore certificates = new CertificateStore(signals);
  final MemberTls memberTls = new MemberTls(signals);
  final HttpFront front;

  private Proxy(Transport transport, String yaml) throws BindFailure {
    loops = EventLoops.start(transport, 2);
    front = new HttpFront(loops, pools, certificates, memberTls, signals);
    configure(yaml);
  }

  static Proxy of(String yaml) throws BindFailure {
    return new Proxy(Transport.best(), yaml);
  }

  static Proxy of(Transport transport, String yaml) throws BindFailure {
    return new Proxy(transport, yaml);
  }

  /** All requests to one pool of these members. */
  static Proxy to(Backend... members) throws BindFailure {
    return of(file("", "", members));
  }

  /**
   * A file with one pool, app.
   *
   * @param http more keys of http, as "{@code key: value, }"
   * @param pool more keys of the pool, likewise
   */
  static String file(String http, String pool, Backend... members) {
    String all = Stream.of(members).map(Backend::address).collect(Collectors.joining(", "));
    return "listen: {http: '127.0.0.1:0'}\n"
        + "pools: {app: {"
        + pool
        + "members: ["
        + all
        + "]}}\n"
        + "http: {"
        + http
        + "routes: [{match: {path: /*}, pool: app}]}\n";
  }

  static TerraceConfig parse(String yaml) {
    return ConfigFile.parse("test", yaml, Map.of()).orThrow();
  }

  void configure(String yaml) throws BindFailure {
    TerraceConfig file = parse(yaml);
    pools.configure(PoolSpecs.of(file));
    try {
      memberTls.configure(MemberChannels.tls(file));
    } catch (TlsFailure e) {
      throw new UncheckedIOException(e);
    }
    front.configure(file);
  }

  int http3Port() {
    return front.http3Addresses().getFirst().port();
  }

  int port() {
    return front.addresses().getFirst().port();
  }

  int securePort() {
    return front.secureAddresses().getFirst().port();
  }

  HttpConnection connect() throws IOException {
    return HttpConnection.to(port());
  }

  HttpConnection.Message get(String path) throws IOException {
    try (HttpConnection connection = connect()) {
      return connection.get(path);
    }
  }

  long counter(Metric metric, String... labels) {
    return signals.counter(metric, labels).value();
  }

  double gauge(Metric metric, String... labels) {
    return signals.samples().stream()
        .filter(sample ->
            sample.series().metric() == metric
                && sample.series().labelValues().equals(List.of(labels)))
        .mapToDouble(sample -> ((Signals.Sample.Value) sample).value())
        .findFirst()
        .orElseThrow();
  }

  List<PoolMember> members() {
    return pools.get("app").snapshot().members();
  }

  /** Every unit of work that began has ended, and no member has one in hand. */
  void awaitBalanced() {
    Await.until(
        "no work in hand: " + members(),
        () -> members().stream().allMatch(member -> member.load().inFlight() == 0));
  }

  @Override
  public void close() {
    front.close();
    memberTls.close();
    certificates.close();
    loops.close();
  }
}
