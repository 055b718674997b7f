package dev.terrace.dns;

import dev.terrace.config.DnsConfig;
import dev.terrace.config.DnsConfig.RecordConfig;
import dev.terrace.config.DnsConfig.ZoneConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link Zones} of the file: gives every name its zone (the deepest that holds it), adds the
 * empty names in between, and notes delegations and wildcards so that a look-up need not search.
 */
final class ZoneBuilder {

  private static final String SERVER = "ns";
  private static final String HOSTMASTER = "hostmaster";

  private final Map<Name, Zone> zones = new HashMap<>();
  private final Map<Name, RecordData> data = new HashMap<>();
  private final Map<Name, Node> nodes = new HashMap<>();

  private ZoneBuilder() {}

  /**
   * Builds the zones.
   *
   * @throws IllegalArgumentException for what the file's check should have found: a name that is
   *     none, a pool that is not there
   */
  static Zones build(TerraceConfig file, Pools pools, Signals signals) {
    ZoneBuilder builder = new ZoneBuilder();
    DnsConfig dns = file.dns();
    // From the top: a zone's parent must be known before it.
    Map<Name, ZoneConfig> byName =
        new TreeMap<>(
            Comparator.<Name>comparingInt(n -> n.wire().length).thenComparing(Name::text));
    dns.zones().forEach((name, config) -> byName.put(Name.parse(name), config));
    byName.forEach(
        (name, config) -> builder.zones.put(name, builder.zone(name, config, file.pools())));
    byName.forEach((name, config) -> builder.records(name, config, pools, signals));
    byName.keySet().forEach(name -> builder.exists(name));
    List.copyOf(builder.data.keySet()).forEach(builder::exists);
    builder.data.keySet().forEach(builder::node);
    return new Zones(new NodeTable(builder.nodes.values()));
  }

  private Zone zone(Name name, ZoneConfig config, Map<String, PoolConfig> pools) {
    List<Name> servers =
        config.nameservers().isEmpty()
            ? List.of(defaultServer(name, config))
            : config.nameservers().stream().map(server -> Name.target(server, name)).toList();
    return new Zone(
        name,
        name.isRoot() ? null : zoneOf(name.parent()),
        servers,
        Name.target(config.hostmaster().orElse(HOSTMASTER), name),
        serial(name, config, pools),
        Math.toIntExact(config.negativeTtl().toSeconds()));
  }

  /** A zone must have a name server: {@code ns} if the file has that name, else the zone itself. */
  private static Name defaultServer(Name zone, ZoneConfig config) {
    boolean defined = config.records().keySet().stream().anyMatch(SERVER::equalsIgnoreCase);
    return defined ? Name.record(SERVER, zone) : zone;
  }

  /** The checksum of all that the file says of the zone; 0 is spared as some tools refuse it. */
  private static int serial(Name name, ZoneConfig config, Map<String, PoolConfig> pools) {
    StringBuilder text = new StringBuilder(name.text());
    text.append(config.nameservers()).append(config.hostmaster()).append(config.negativeTtl());
    new TreeMap<>(config.records())
        .forEach((record, value) -> {
          text.append('\n').append(record).append(value);
          value
              .pool()
              .map(pools::get)
              .ifPresent(pool -> text.append(pool.members()).append(pool.balance()));
        });
    CRC32 checksum = new CRC32();
    checksum.update(text.toString().getBytes(StandardCharsets.UTF_8));
    int serial = (int) checksum.getValue();
    return serial == 0 ? 1 : serial;
  }

  private void records(Name zone, ZoneConfig config, Pools pools, Signals signals) {
    data.putIfAbsent(zone, new RecordData.None());
    config
        .records()
        .forEach((text, record) -> {
          Name name = Name.record(text, zone);
          Zone owner = zoneOf(name);
          // What a deeper zone of ours holds is that zone's to say.
          if (owner != null && owner.name().equals(zone)) {
            data.put(name, data(record, zone, pools, signals));
          }
        });
  }

  private static RecordData data(RecordConfig record, Name zone, Pools pools, Signals signals) {
    int ttl = Math.toIntExact(record.ttl().toSeconds());
    if (record.cname().isPresent()) {
      return new RecordData.Alias(Name.target(record.cname().get(), zone), ttl);
    }
    if (record.pool().isPresent()) {
      String pool = record.pool().get();
      AddressSource source =
          new PoolAddresses(
              pools.get(pool),
              record.balance(),
              record.answers(),
              signals.counter(Metric.DNS_FAIL_OPEN, pool));
      return new RecordData.Addresses(source, ttl);
    }
    if (!record.ns().isEmpty()) {
      return new RecordData.Delegation(
          record.ns().stream().map(server -> Name.target(server, zone)).toList(), ttl);
    }
    return new RecordData.Addresses(new FixedAddresses(record.addresses(), record.answers()), ttl);
  }

  /** Has all names above it, up to the topmost zone of ours, exist. */
  private void exists(Name name) {
    for (Name at = name; zoneOf(at) != null; at = at.parent()) {
      data.putIfAbsent(at, new RecordData.None());
      if (at.isRoot()) {
        return;
      }
    }
  }

  private @Nullable Zone zoneOf(Name name) {
    for (Name at = name; ; at = at.parent()) {
      Zone zone = zones.get(at);
      if (zone != null || at.isRoot()) {
        return zone;
      }
    }
  }

  private Node node(Name name) {
    Node known = nodes.get(name);
    if (known != null) {
      return known;
    }
    Zone zone = zoneOf(name);
    if (zone == null) {
      throw new IllegalStateException(name + " is in no zone");
    }
    RecordData own = data.getOrDefault(name, new RecordData.None());
    Node cut = null;
    if (!name.equals(zone.name())) {
      Node parent = node(name.parent());
      cut = parent.isDelegated() ? parent.delegation() : null;
    }
    Name star = wildcardBelow(name);
    Node wildcard = star != null && data.containsKey(star) ? leaf(star, zone, cut) : null;
    Node node = new Node(name, zone, own, cut, wildcard);
    nodes.put(name, node);
    return node;
  }

  /** The wildcard as what it answers for others; its own node may have names below. */
  private Node leaf(Name star, Zone zone, @Nullable Node cut) {
    return new Node(star, zone, data.getOrDefault(star, new RecordData.None()), cut, null);
  }

  private static @Nullable Name wildcardBelow(Name name) {
    byte[] below = name.wire();
    if (below.length + 2 > Name.WIRE_MAX) {
      return null;
    }
    byte[] wire = new byte[below.length + 2];
    wire[0] = 1;
    wire[1] = '*';
    System.arraycopy(below, 0, wire, 2, below.length);
    return Name.of(wire, 0, wire.length);
  }
}
