package dev.terrace.config;

import dev.terrace.core.balance.Policy;
import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A named set of members to balance over. */
public record PoolConfig(
    @Doc("The members: host:port, or {address, weight, zone}.") List<Member> members,
    @Doc(
            "The balancing policy: round-robin, least-connections, power-of-two, random, ip-hash,"
                + " hash(header:NAME), hash(cookie:NAME) or hash(path).")
        @Default("round-robin")
        Policy balance,
    @Doc("How members are checked; without it they always count as up.")
        Optional<HealthConfig> health,
    @Doc("How long connecting to a member may take.") @Default("1s") Duration connectTimeout,
    @Doc("Connections to one member, over all event loops; a request beyond goes elsewhere.")
        @Default("1024")
        int maxConnections,
    @Doc("How long an unused connection to a member is kept.") @Default("60s")
        Duration idleTimeout) {

  public PoolConfig {
    Check.positive("connect-timeout", connectTimeout);
    Check.positive("max-connections", maxConnections);
    Check.positive("idle-timeout", idleTimeout);
  }
}
