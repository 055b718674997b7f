package dev.terrace.config.check;

import dev.terrace.config.DnsConfig.RecordConfig;
import dev.terrace.config.HealthConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.MemberProtocol;
import dev.terrace.config.RouteConfig;
import dev.terrace.config.bind.KeyPath;
import dev.terrace.config.shape.Hosts;
import dev.terrace.core.pool.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks of pools: that their members can do what those who use the pool want. */
final class PoolChecks {

  private final Inspection file;
  private final Set<String> usedByHttp;
  private final Set<String> usedByDns;

  private PoolChecks(Inspection file) {
    this.file = file;
    this.usedByHttp =
        file.config().http().routes().stream()
            .map(RouteConfig::sentTo)
            .flatMap(List::stream)
            .collect(Collectors.toSet());
    this.usedByDns =
        file.config().dns().zones().values().stream()
            .flatMap(zone -> zone.records().values().stream())
            .map(RecordConfig::pool)
            .flatMap(pool -> pool.stream())
            .collect(Collectors.toSet());
  }

  static void run(Inspection file) {
    file.mustBePlain(Inspection.POOLS, "pool");
    PoolChecks checks = new PoolChecks(file);
    file.config().pools().forEach(checks::pool);
  }

  private void pool(String name, PoolConfig pool) {
    KeyPath at = Inspection.POOLS.key(name);
    KeyPath members = at.key("members");
    if (pool.members().isEmpty() && pool.discover().isEmpty() && file.sources().isWhole(at)) {
      file.problemOfKey(members, "a pool needs at least one member, or 'discover'");
    }
    if (pool.preferZone() && file.config().runtime().zone().isEmpty()) {
      file.warn(
          at.key("prefer-zone"), "without 'runtime.zone' no member is nearer than the others");
    }
    if (pool.health().flatMap(HealthConfig::grpc).isPresent()
        && pool.protocol() != MemberProtocol.HTTP2) {
      file.problem(at.key("health").key("grpc"), "gRPC is spoken with pools of 'protocol: http2'");
    }
    pool.loadHeader().ifPresent(header -> file.mustBeToken(at.key("load-header"), header));
    Map<String, KeyPath> seen = new HashMap<>();
    for (int i = 0; i < pool.members().size(); i++) {
      KeyPath member = file.sources().item(members, i);
      Address address = pool.members().get(i).address();
      KeyPath earlier = seen.putIfAbsent(address.toString().toLowerCase(Locale.ROOT), member);
      if (earlier != null) {
        file.problem(
            member, "'" + address + "' is in this pool already: " + earlier + "; use a weight");
      }
      member(name, pool, member, address);
    }
    boolean known =
        file.sources().isWhole(KeyPath.of("dns")) && file.sources().isWhole(KeyPath.of("http"));
    if (known && !usedByHttp.contains(name) && !usedByDns.contains(name)) {
      file.problems()
          .warn(file.sources().keyAt(at), at + ": no route and no DNS name uses this pool");
    }
  }

  private void member(String pool, PoolConfig config, KeyPath at, Address address) {
    if (address.port() == 0 && usedByHttp.contains(pool)) {
      file.problem(at, "'" + address + "' lacks a port, and HTTP routes use this pool");
    } else if (address.port() == 0 && config.health().isPresent()) {
      file.problem(at, "'" + address + "' lacks a port, which its health check connects to");
    }
    if (usedByDns.contains(pool) && !Hosts.isIpLiteral(address.host())) {
      file.problem(
          at, "'" + address.host() + "' is not an IP address, and DNS answers with this pool");
    }
  }
}
