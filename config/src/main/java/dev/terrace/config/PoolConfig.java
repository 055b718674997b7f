package dev.terrace.config;

import dev.terrace.core.balance.Policy;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A named set of members to balance over. */
public record PoolConfig(
    @Doc("The members: host:port, or {address, weight, zone}.") List<Member> members,
    @Doc("Finds members while running; those of the file stay.") Optional<DiscoverConfig> discover,
    @Doc(
            "The balancing policy: round-robin, least-connections, power-of-two, peak-ewma, random, ip-hash,"
                + " hash(header:NAME), hash(cookie:NAME), hash(query:NAME) or hash(path).")
        @Default("round-robin")
        Policy balance,
    @Doc("How members are checked; without it they always count as up.")
        Optional<HealthConfig> health,
    @Doc("Watches the work itself: a member that fails too much of it is left out for a while.")
        Optional<PassiveHealthConfig> passiveHealth,
    @Doc("What is spoken with members: http1; or http2, by ALPN under tls, else from the start.")
        @Default("http1")
        MemberProtocol protocol,
    @Doc("Speaks TLS with members.") Optional<BackendTlsConfig> tls,
    @Doc("Whether members are told the client's address by a PROXY protocol header.")
        @Default("none")
        ProxyProtocol proxyProtocol,
    @Doc(
            "When a smaller share of the members is up, all are used: the few would only fall too. 0%"
                + " never.")
        @Default("0%")
        Percent panicThreshold,
    @Doc("How long a member that comes up takes to get its full share of the work.") @Default("0s")
        Duration slowStart,
    @Doc("Whether members of runtime.zone are used first.") @Default("false") boolean preferZone,
    @Doc("The header of an answer that tells the member's own load, 0.0 for idle.")
        Optional<String> loadHeader,
    @Doc("How long connecting to a member may take.") @Default("1s") Duration connectTimeout,
    @Doc("Connections to one member, over all event loops; a request beyond goes elsewhere.")
        @Default("1024")
        int maxConnections,
    @Doc("How long an unused connection to a member is kept.") @Default("60s") Duration idleTimeout,
    @Doc("Requests in hand at once; one more is answered with 503.") @Default("4096")
        int maxRequests,
    @Doc("Requests that wait for a connection at once; one more is answered with 503.")
        @Default("1024")
        int maxPending,
    @Doc("How long a request waits for a connection.") @Default("1s") Duration pendingTimeout,
    @Doc("How many requests may be repeated.") RetryBudgetConfig retryBudget) {

  public PoolConfig {
    Check.positive("connect-timeout", connectTimeout);
    Check.positive("max-connections", maxConnections);
    Check.positive("idle-timeout", idleTimeout);
    Check.positive("max-requests", maxRequests);
    Check.range("max-pending", maxPending, 0, 1_000_000);
    Check.positive("pending-timeout", pendingTimeout);
  }

  /** Where members are found. */
  public record DiscoverConfig(
      @Doc(
              "A name whose addresses are the members, with their port: app.internal:8080; or one"
                  + " with SRV records: _http._tcp.internal. It is asked again when its time to"
                  + " live is over.")
          Optional<DiscoverName> dns,
      @Doc(
              "A file with a member a line, host:port weight=N zone=Z; or with 'members:' if it is"
                  + " YAML. Its changes are applied.")
          Optional<FileName> file,
      @Doc("The name servers that are asked; the system's if left out.") List<Address> servers) {

    public DiscoverConfig {
      if (dns.isPresent() == file.isPresent()) {
        throw new IllegalArgumentException("members are found by exactly one of dns and file");
      }
      if (dns.isEmpty() && !servers.isEmpty()) {
        throw new IllegalArgumentException("servers are for dns");
      }
    }
  }

  /** What is spoken with members. */
  public enum MemberProtocol {
    HTTP1,
    HTTP2
  }

  /** Versions of the PROXY protocol. */
  public enum ProxyProtocol {
    NONE,
    V1,
    V2
  }

  /** TLS to members. */
  public record BackendTlsConfig(
      @Doc("The certificates that must have signed a member's, as PEM; the system's if left out.")
          Optional<FileName> ca,
      @Doc("The name that a member's certificate must bear; the member's host if left out.")
          Optional<String> serverName,
      @Doc("The certificate that we show, as PEM.") Optional<FileName> certificate,
      @Doc("Its private key, as PEM.") Optional<FileName> key,
      @Doc("Whether members' certificates are checked at all.") @Default("true") boolean verify) {

    public BackendTlsConfig {
      if (certificate.isPresent() != key.isPresent()) {
        throw new IllegalArgumentException("certificate and key come together");
      }
    }
  }

  /** When a member is left out for the work it failed. */
  public record PassiveHealthConfig(
      @Doc("Failures in a row; 0 to not count them.") @Default("5") int failures,
      @Doc("The share of a window's requests that fail; 0% to not count them.") @Default("50%")
          Percent failureRate,
      @Doc("A window with fewer requests says nothing.") @Default("20") int minRequests,
      @Doc("The time over which the share is taken.") @Default("10s") Duration window,
      @Doc("How long a member is left out, times how often it was lately.") @Default("10s")
          Duration ejectFor,
      @Doc("The longest that a member is left out.") @Default("5m") Duration maxEjectFor,
      @Doc("The share of a pool's members that may be left out at once; one always stays.")
          @Default("50%")
          Percent maxEjected) {

    public PassiveHealthConfig {
      Check.range("failures", failures, 0, 1_000_000);
      Check.positive("min-requests", minRequests);
      Check.positive("window", window);
      Check.positive("eject-for", ejectFor);
      if (maxEjectFor.compareTo(ejectFor) < 0) {
        throw new IllegalArgumentException("max-eject-for must not be shorter than eject-for");
      }
    }
  }

  /** How many requests may be repeated, on top of those that are not. */
  public record RetryBudgetConfig(
      @Doc("Repeats as a share of the requests of late.") @Default("20%") Percent share,
      @Doc("Repeats that are always allowed.") @Default("10") int minPerSecond) {

    public RetryBudgetConfig {
      Check.range("min-per-second", minPerSecond, 0, 1_000_000);
    }
  }
}
