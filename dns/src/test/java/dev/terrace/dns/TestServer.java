package dev.terrace.dns;

import dev.terrace.config.DnsConfig;
import dev.terrace.config.DnsConfig.RecordConfig;
import dev.terrace.config.DnsConfig.ZoneConfig;
import dev.terrace.config.ListenConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.RuntimeConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.balance.Policies;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/** A real DNS front on free ports, the file it serves, and ways to ask it. */
final class TestServer implements AutoCloseable {

  final Pools pools = new Pools();
  final Signals signals = new Signals();
  final EventLoops loops = EventLoops.start(Transport.best(), 2);
  final DnsFront front = new DnsFront(loops, pools, signals);
  private final Map<String, ZoneConfig> zones = new LinkedHashMap<>();
  private final Map<String, PoolConfig> poolConfigs = new LinkedHashMap<>();
  List<Address> listen = List.of(Address.parse("127.0.0.1:0"));
  Duration tcpIdle = Duration.ofSeconds(10);
  int maxConnections = 100;

  TestServer pool(String name, String policy, String... members) {
    poolConfigs.put(name, poolConfig(policy, members));
    return this;
  }

  static PoolConfig poolConfig(String policy, String... members) {
    String yaml =
        "{pools: {p: {balance: '%s', members: [%s]%s}}}"
            .formatted(
                policy,
                Arrays.stream(members).map(m -> "'" + m + "'").collect(Collectors.joining(", ")),
                members.length == 0 ? ", discover: {dns: 'p.invalid:80'}" : "");
    return Objects.requireNonNull(parsed(yaml).pools().get("p"));
  }

  private static TerraceConfig parsed(String yaml) {
    return ConfigFile.parse("test.yaml", yaml, Map.of()).orThrow();
  }

  TestServer zone(String name, Object... namesAndRecords) {
    return zone(name, List.of(), namesAndRecords);
  }

  TestServer zone(String name, List<String> nameservers, Object... namesAndRecords) {
    Map<String, RecordConfig> records = new LinkedHashMap<>();
    for (int i = 0; i < namesAndRecords.length; i += 2) {
      records.put((String) namesAndRecords[i], (RecordConfig) namesAndRecords[i + 1]);
    }
    zones.put(name, new ZoneConfig(nameservers, Optional.empty(), Duration.ofSeconds(17), records));
    return this;
  }

  static RecordConfig pool(String pool, int answers) {
    return record(Optional.of(pool), Optional.empty(), answers, List.of(), null, List.of());
  }

  static RecordConfig pool(String pool, String policy, int answers) {
    Optional<Policy> balance = Optional.of(Policies.parse(policy));
    return record(Optional.of(pool), balance, answers, List.of(), null, List.of());
  }

  static RecordConfig fixed(String... addresses) {
    return record(Optional.empty(), Optional.empty(), 64, List.of(addresses), null, List.of());
  }

  static RecordConfig alias(String target) {
    return record(Optional.empty(), Optional.empty(), 8, List.of(), target, List.of());
  }

  static RecordConfig delegation(String... servers) {
    return record(Optional.empty(), Optional.empty(), 8, List.of(), null, List.of(servers));
  }

  private static RecordConfig record(
      Optional<String> pool,
      Optional<Policy> policy,
      int answers,
      List<String> addresses,
      @org.jspecify.annotations.Nullable String cname,
      List<String> ns) {
    return new RecordConfig(
        pool, policy, answers, addresses, Optional.ofNullable(cname), ns, Duration.ofSeconds(30));
  }

  TerraceConfig file() {
    TerraceConfig rest = parsed("{}");
    return new TerraceConfig(
        new ListenConfig(listen, List.of(), List.of(), List.of(), List.of(), List.of()),
        new RuntimeConfig(
            2,
            RuntimeConfig.TransportChoice.AUTO,
            Duration.ofSeconds(1),
            maxConnections,
            128,
            64,
            Optional.empty()),
        rest.tls(),
        Map.copyOf(poolConfigs),
        new DnsConfig(new LinkedHashMap<>(zones), tcpIdle),
        rest.http(),
        rest.sql(),
        rest.kv(),
        Map.of(),
        Map.of(),
        Map.of());
  }

  /** Serves what has been said so far; again after more was said, as a reload does. */
  TestServer start() throws IOException {
    configurePools();
    front.configure(file());
    return this;
  }

  void configurePools() {
    pools.configure(
        poolConfigs.entrySet().stream()
            .map(p -> new Pools.Spec(p.getKey(), p.getValue().members(), p.getValue().balance()))
            .toList());
  }

  InetSocketAddress address() {
    Address address = front.addresses().getFirst();
    return new InetSocketAddress(address.host(), address.port());
  }

  Message ask(String name, String type) throws IOException {
    return resolver().send(query(name, type));
  }

  /** A query as dnsjava makes it; without EDNS. */
  static Message query(String name, String type) throws IOException {
    return Message.newQuery(
        org.xbill.DNS.Record.newRecord(
            Name.fromString(name + "."),
            org.xbill.DNS.Type.value(type, true),
            org.xbill.DNS.DClass.IN));
  }

  SimpleResolver resolver() {
    SimpleResolver resolver = new SimpleResolver(address());
    resolver.setEDNS(-1);
    resolver.setTimeout(Duration.ofSeconds(5));
    return resolver;
  }

  /** The addresses of the reply's answer, in order. */
  static List<String> addresses(Message reply) {
    return reply.getSection(Section.ANSWER).stream()
        .map(org.xbill.DNS.Record::rdataToString)
        .toList();
  }

  List<String> addresses(String name) throws IOException {
    return addresses(ask(name, "A"));
  }

  /** Sends bytes as they are over UDP and returns the reply; null if there is none. */
  byte @org.jspecify.annotations.Nullable [] rawUdp(byte[] message, int waitMillis)
      throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(waitMillis);
      socket.send(new DatagramPacket(message, message.length, address()));
      DatagramPacket reply = new DatagramPacket(new byte[65535], 65535);
      try {
        socket.receive(reply);
        return Arrays.copyOf(reply.getData(), reply.getLength());
      } catch (java.net.SocketTimeoutException e) {
        return null;
      }
    }
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(address(), 5000);
    socket.setSoTimeout(5000);
    return socket;
  }

  static void writeFramed(Socket socket, byte[] message) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >>> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    out.write(framed);
    out.flush();
  }

  static Message readFramed(DataInputStream in) throws IOException {
    byte[] reply = new byte[in.readUnsignedShort()];
    in.readFully(reply);
    return new Message(reply);
  }

  void health(String pool, String member, MemberState state) {
    pools.get(pool).setHealth(member, state, "test");
  }

  long counted(Metric metric, String... labels) {
    return signals.counter(metric, labels).value();
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not so within 10 s");
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    front.close();
    loops.close();
  }
}
