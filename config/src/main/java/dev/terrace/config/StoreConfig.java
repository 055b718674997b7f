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

/** A database with its shards and replicas. */
public record StoreConfig(
    @Doc("The kind of database.") EngineKind engine,
    @Doc("The name of the database on every server.") String database,
    @Doc("The user that Terrace logs in as; the database's name if left out.")
        Optional<String> user,
    @Doc("That user's password, best as ${NAME}.") Optional<Secret> password,
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
        Duration automaticAfter) {

  public StoreConfig {
    Check.range("failover-wait", failoverWait.toMillis(), 0, 600_000);
    Check.positive("automatic-after", automaticAfter);
    if (shards.isEmpty()) {
      throw new IllegalArgumentException("a store needs at least one shard");
    }
  }

  /** The user to log in as. */
  public String login() {
    return user.orElse(database);
  }

  /** Who promotes a replica. */
  public enum FailoverMode {
    MANUAL,
    AUTOMATIC
  }

  /** The kinds of database. */
  public enum EngineKind {
    POSTGRESQL
  }

  /** One shard: a primary and its replicas. */
  public record ShardConfig(
      @Doc("The server that takes the writes, until another of the shard is promoted.")
          Address primary,
      @Doc("Servers that follow it by streaming replication.") List<Address> replicas) {

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
