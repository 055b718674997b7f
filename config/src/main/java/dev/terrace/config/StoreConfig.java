package dev.terrace.config;

import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.freshness.LagLimit;
import dev.terrace.core.pool.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A database with its shards and replicas, or a set of cache servers. */
public record StoreConfig(
    @Doc("The kind of database.") EngineKind engine,
    @Doc(
            "The name of the database on every PostgreSQL, which must be given; the number of the"
                + " database on every Redis, 0 if left out.")
        @Default("")
        String database,
    @Doc(
            "The user that Terrace logs in as; for PostgreSQL the database's name if left out, for"
                + " Redis the default user.")
        Optional<String> user,
    @Doc("That user's password, best as ${NAME}.") Optional<Secret> password,
    @Doc("TLS with the servers; in clear text if left out.") Optional<StoreTlsConfig> tls,
    @Doc("The shards, in an order that must not change: placements count them.")
        List<ShardConfig> shards,
    @Doc("Where reads may go.") ReadsConfig reads,
    @Doc("How servers are checked: connecting, role and replication lag.") StoreHealthConfig health,
    @Doc(
            "How long a statement waits for a primary while there is none, as during a failover. Only"
                + " statements of which nothing was sent yet wait.")
        @Default("10s")
        Duration failoverWait,
    @Doc(
            "Who promotes a replica when a primary is gone: manual leaves it to an operator (terrace"
                + " failover) or to other tools, automatic has Terrace do it.")
        @Default("manual")
        FailoverMode failover,
    @Doc("How long a primary must be gone until failover: automatic promotes a replica.")
        @Default("10s")
        Duration automaticAfter,
    @Doc(
            "A PostgreSQL that answers what needs rows of several shards together, as joins by"
                + " something else than the sharding keys; such statements are refused if left out.")
        Optional<CoordinatorConfig> coordinator) {

  public StoreConfig {
    Check.range("failover-wait", failoverWait.toMillis(), 0, 600_000);
    Check.positive("automatic-after", automaticAfter);
    if (shards.isEmpty()) {
      throw new IllegalArgumentException("a store needs at least one shard");
    }
    if (engine.isRelational() && database.isBlank()) {
      throw new IllegalArgumentException("database is missing: its name on every server");
    }
    if (engine.isRedis() && !database.matches("|[0-9]{1,4}")) {
      throw new IllegalArgumentException("database is a number for a Redis, such as 0");
    }
    if (engine == EngineKind.MEMCACHED && !database.isEmpty()) {
      throw new IllegalArgumentException("a Memcached has no databases: leave 'database' out");
    }
  }

  /** The same store on other shards. */
  public StoreConfig withShards(List<ShardConfig> other) {
    return new StoreConfig(
        engine,
        database,
        user,
        password,
        tls,
        other,
        reads,
        health,
        failoverWait,
        failover,
        automaticAfter,
        coordinator);
  }

  /** The user to log in as; empty for a Redis's default user. */
  public String login() {
    return user.orElse(engine.isRelational() ? database : "");
  }

  /** Where reads run that need rows of several shards together. */
  public record CoordinatorConfig(
      @Doc(
              "A database of its own, in which Terrace makes foreign tables for the store's and"
                  + " nothing else may be. It is created if the server is one of the store's.")
          String database,
      @Doc(
              "The server that has it; the first shard's primary if left out. It must reach the"
                  + " shards by the addresses that are named here.")
          Optional<Address> server,
      @Doc("How often it is looked whether the shards' tables are still as they were.")
          @Default("10s")
          Duration every,
      @Doc(
              "How long a statement waits for the foreign tables to be brought in step after a change"
                  + " of the schema or of a primary.")
          @Default("10s")
          Duration patience) {

    public CoordinatorConfig {
      Check.positive("every", every);
      Check.range("patience", patience.toMillis(), 0, 600_000);
      if (database.isBlank()) {
        throw new IllegalArgumentException("database must not be empty");
      }
    }
  }

  /** Who promotes a replica. */
  public enum FailoverMode {
    MANUAL,
    AUTOMATIC
  }

  /** The kinds of database. */
  public enum EngineKind {
    POSTGRESQL,
    REDIS,
    VALKEY,
    MEMCACHED;

    /** Whether it holds tables that SQL speaks of. */
    public boolean isRelational() {
      return this == POSTGRESQL;
    }

    /** Whether it speaks Redis's protocol. */
    public boolean isRedis() {
      return this == REDIS || this == VALKEY;
    }
  }

  /** TLS with a store's servers, in the words of PostgreSQL's own clients. */
  public record StoreTlsConfig(
      @Doc(
              "disable; prefer, or else in clear text; require, whoever the server is; verify-ca, by"
                  + " a certificate that is trusted; verify-full, which also bears its name.")
          @Default("verify-full")
          StoreTlsMode mode,
      @Doc("The certificates that must have signed a server's, as PEM; the system's if left out.")
          Optional<FileName> ca,
      @Doc("The name that a server's certificate must bear; the server's host if left out.")
          Optional<String> serverName,
      @Doc("The certificate that we show, as PEM.") Optional<FileName> certificate,
      @Doc("Its private key, as PEM.") Optional<FileName> key) {

    public StoreTlsConfig {
      if (certificate.isPresent() != key.isPresent()) {
        throw new IllegalArgumentException("certificate and key come together");
      }
    }
  }

  /** How far servers are asked for TLS, and what they must prove. */
  public enum StoreTlsMode {
    DISABLE,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL
  }

  /** One shard: a primary and its replicas. */
  public record ShardConfig(
      @Doc("The server that takes the writes, until another of the shard is promoted.")
          Address primary,
      @Doc("Servers that follow it by streaming replication.") List<Address> replicas,
      @Doc(
              "Its share of the keys beside the other shards, where they are placed by consistent"
                  + " hashing: on Redis and Memcached.")
          @Default("1")
          int weight,
      @Doc(
              "What its place among the shards of a Redis or Memcached goes by, so that its address"
                  + " may change; the primary's address if left out.")
          Optional<String> name) {

    public ShardConfig {
      Check.range("weight", weight, 1, 1000);
    }

    /** A shard of weight 1 without a name. */
    public ShardConfig(Address primary, List<Address> replicas) {
      this(primary, replicas, 1, Optional.empty());
    }

    /** What its place goes by among shards that are placed by consistent hashing. */
    public String identity() {
      return name.orElse(primary.toString());
    }

    /** All servers, the declared primary first. */
    public List<Address> servers() {
      List<Address> servers = new ArrayList<>(List.of(primary));
      servers.addAll(replicas);
      return servers;
    }
  }

  /** Where reads may go. */
  public record ReadsConfig(
      @Doc("Which servers answer reads outside transactions.") @Default("replicas") ReadFrom from,
      @Doc(
              "A replica that is further behind is not read from; 1s if neither this nor max-lag-bytes"
                  + " is given.")
          Optional<Duration> maxLag,
      @Doc("A replica that lacks more of its primary's log is not read from.")
          Optional<Size> maxLagBytes,
      @Doc(
              "How a replica is chosen among those that may be read from: round-robin,"
                  + " least-connections, power-of-two, peak-ewma or random.")
          @Default("least-connections")
          Policy balance,
      @Doc("Whether a session's reads wait for its own writes to have reached the replica.")
          @Default("true")
          boolean readYourWrites,
      @Doc(
              "How long a read waits for a replica to hold what the session must see, before the"
                  + " primary is asked.")
          @Default("0ms")
          Duration maxWait,
      @Doc(
              "Whether a session that has written is told its terrace.after unasked, as a parameter"
                  + " status; each commit then waits for one more question to the primary.")
          @Default("false")
          boolean reportToken) {

    private static final Duration MAX_LAG = Duration.ofSeconds(1);

    public ReadsConfig {
      maxLag.ifPresent(lag -> Check.positive("max-lag", lag));
      Check.range("max-wait", maxWait.toMillis(), 0, 60_000);
      if (!(balance.hashInput() instanceof HashInput.None)) {
        throw new IllegalArgumentException(
            "balance is by a hash, and reads have nothing to hash: use round-robin,"
                + " least-connections, power-of-two, peak-ewma or random");
      }
    }

    /** How far behind a replica may be. */
    public LagLimit limit() {
      boolean neither = maxLag.isEmpty() && maxLagBytes.isEmpty();
      return new LagLimit(
          neither ? Optional.of(MAX_LAG) : maxLag,
          maxLagBytes.map(size -> OptionalLong.of(size.bytes())).orElse(OptionalLong.empty()));
    }
  }

  /** Which servers answer reads. */
  public enum ReadFrom {
    PRIMARY,
    REPLICAS
  }

  /** How a store's servers are checked. */
  public record StoreHealthConfig(
      @Doc("The time from one check to the next.") @Default("500ms") Duration every,
      @Doc("How long one check may take.") @Default("1s") Duration timeout,
      @Doc("Passes in a row until a server that is down comes up.") @Default("2") int rise,
      @Doc("Failures in a row until a server that is up goes down.") @Default("2") int fall) {

    public StoreHealthConfig {
      Check.positive("every", every);
      Check.positive("timeout", timeout);
      Check.positive("rise", rise);
      Check.positive("fall", fall);
    }
  }
}
