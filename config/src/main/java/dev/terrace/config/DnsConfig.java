package dev.terrace.config;

import dev.terrace.core.balance.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The authoritative DNS front. */
public record DnsConfig(
    @Doc("The zones that are answered for, by name.") Map<String, ZoneConfig> zones,
    @Doc("How long a TCP client may take until its next query.") @Default("10s")
        Duration tcpIdleTimeout) {

  public DnsConfig {
    Check.positive("tcp-idle-timeout", tcpIdleTimeout);
  }

  /** A zone: its names, and what its SOA and NS records say. */
  public record ZoneConfig(
      @Doc("The zone's name servers; the first is the primary of the SOA record. Without any: ns.")
          List<String> nameservers,
      @Doc("The mailbox of the SOA record, as a DNS name.") Optional<String> hostmaster,
      @Doc("How long resolvers may keep that a name does not exist.") @Default("30s")
          Duration negativeTtl,
      @Doc("The names of the zone, relative to it; @ is the zone itself, * any other.")
          Map<String, RecordConfig> records) {

    public ZoneConfig {
      Check.ttl("negative-ttl", negativeTtl);
    }
  }

  /** What one name answers with. */
  public record RecordConfig(
      @Doc("The pool whose healthy members' addresses are the answer.") Optional<String> pool,
      @Doc("How the answers are chosen; the pool's own policy if left out.")
          Optional<Policy> balance,
      @Doc("How many addresses one answer holds at most.") @Default("8") int answers,
      @Doc("Fixed addresses, IPv4 or IPv6.") List<String> addresses,
      @Doc("The name that this one is an alias of; without a dot, a name of this zone.")
          Optional<String> cname,
      @Doc("The name servers that this name is delegated to, written as cname is.") List<String> ns,
      @Doc("How long resolvers may keep the answer.") @Default("30s") Duration ttl) {

    public RecordConfig {
      Check.range("answers", answers, 1, 64);
      Check.ttl("ttl", ttl);
      int kinds =
          (pool.isPresent() ? 1 : 0)
              + (addresses.isEmpty() ? 0 : 1)
              + (cname.isPresent() ? 1 : 0)
              + (ns.isEmpty() ? 0 : 1);
      if (kinds != 1) {
        throw new IllegalArgumentException(
            "a name has exactly one of pool, addresses, cname and ns");
      }
    }
  }
}
