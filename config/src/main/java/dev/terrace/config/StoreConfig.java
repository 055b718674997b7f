package dev.terrace.config;

import dev.terrace.core.pool.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A database with its shards and replicas. */
public record StoreConfig(
    @Doc("The kind of database.") EngineKind engine,
    @Doc("The name of the database on every server.") String database,
    @Doc("The user that Terrace logs in as; the database's name if left out.")
        Optional<String> user,
    @Doc("That user's password, best as ${NAME}.") Optional<Secret> password,
    @Doc("TLS with the servers; in clear text if left out.") Optional<StoreTlsConfig> tls,
    @Doc("The shards, in an order that must not change: placements count them.")
        List<ShardConfig> shards,
    @Doc("Where reads may go.") ReadsConfig reads,
    @Doc("How servers are checked: connecting, role and replication lag.")
        StoreHealthConfig health) {

  public StoreConfig {
    if (shards.isEmpty()) {
      throw new IllegalArgumentException("a store needs at least one shard");
    }
  }

  /** The user to log in as. */
  public String login() {
    return user.orElse(database);
  }

  /** The kinds of database. */
  public enum EngineKind {
    POSTGRESQL
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
      @Doc("The server that takes the writes.") Address primary,
      @Doc("Servers that follow it by streaming replication.") List<Address> replicas) {}

  /** Where reads may go. */
  public record ReadsConfig(
      @Doc("Which servers answer reads outside transactions.") @Default("replicas") ReadFrom from,
      @Doc("A replica that is further behind is not read from.") @Default("1s") Duration maxLag,
      @Doc("Whether a session's reads wait for its own writes to have reached the replica.")
          @Default("true")
          boolean readYourWrites) {

    public ReadsConfig {
      Check.positive("max-lag", maxLag);
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
