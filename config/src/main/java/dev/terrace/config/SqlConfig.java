package dev.terrace.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SQL front. */
public record SqlConfig(
    @Doc("Who may log in, by user name; without any, each store's own user and password.")
        Map<String, UserConfig> users,
    @Doc(
            "The stores that clients may connect to, by the store's name or its database's; all of"
                + " them if left out.")
        List<String> stores,
    @Doc("What is different for the clients of one store.") Map<String, DatabaseConfig> databases,
    @Doc("TLS with clients; in clear text if left out.") Optional<FrontTlsConfig> tls,
    @Doc(
            "A query that tells the password of a user who is not in users, run as the store's own"
                + " user: $1 is the user; it returns name and password as pg_authid has them.")
        Optional<String> authQuery,
    @Doc("How long an answer to auth-query is believed.") @Default("10s") Duration authQueryTtl,
    @Doc(
            "As whom servers see clients: store, as the store's user; or client, each as the role of"
                + " its own name.")
        @Default("store")
        ServerLogin serverLogin,
    @Doc("For how long a client has a server connection: a transaction, or its whole session.")
        @Default("transaction")
        PoolMode pool,
    @Doc("Connections to one database server, over all event loops.") @Default("100")
        int maxServerConnections,
    @Doc("How long a client waits for a server connection.") @Default("5s") Duration acquireTimeout,
    @Doc("Clients of one event loop that wait for one server at once; one more gets 53300.")
        @Default("1000")
        int maxWaiting,
    @Doc("How long a server connection that nobody uses is kept.") @Default("60s")
        Duration idleTimeout,
    @Doc("How old a server connection may get, up to a tenth less; it ends when it is free.")
        @Default("1h")
        Duration serverLifetime,
    @Doc(
            "The query that wipes a server connection of what a session left behind in it;"
                + " DISCARD ALL must stand alone.")
        @Default("DISCARD ALL")
        String reset,
    @Doc("How long logging in may take.") @Default("10s") Duration loginTimeout,
    @Doc("Clients that are logging in at once; one more is refused.") @Default("1000")
        int maxLogins,
    @Doc("Clients of one user at once, unless the user has a limit of its own.")
        Optional<Integer> maxUserClients,
    @Doc(
            "Memory for what is kept for all sessions of one user, of its own: prepared statements,"
                + " rows that are combined over shards, and messages that wait for a server; for as"
                + " much as there is if left out.")
        Optional<Size> userMemory,
    @Doc("Clients of one store at once, unless databases has a limit for it.")
        Optional<Integer> maxDatabaseClients,
    @Doc("How long a client that is in no transaction may be silent; for ever if left out.")
        Optional<Duration> clientIdleTimeout,
    @Doc("How long a client in a transaction may be silent; for ever if left out.")
        Optional<Duration> idleTransactionTimeout,
    @Doc("How long a statement may run, waiting included; for ever if left out.")
        Optional<Duration> statementTimeout,
    @Doc("The largest message that must be looked into: a statement or its parameters.")
        @Default("16MB")
        Size maxMessage,
    @Doc(
            "Functions of your own that only read, as name or schema.name: statements that call them may"
                + " go to replicas.")
        List<String> readOnlyFunctions,
    @Doc(
            "Memory for the rows of one statement that must be combined over shards: grouped,"
                + " made distinct, or sorted as text.")
        @Default("64MB")
        Size combineMemory,
    @Doc(
            "What a transaction may do that writes to several shards: commit in two phases, one"
                + " shard after the other (which may leave it half committed), or nothing.")
        @Default("two-phase")
        AcrossShards acrossShards,
    @Doc(
            "How long a statement of a transaction over several shards runs before it is looked at"
                + " whether it waits in a circle.")
        @Default("1s")
        Duration deadlockTimeout,
    @Doc("How often transactions over several shards are looked for that nobody is ending.")
        @Default("5s")
        Duration inDoubtEvery,
    @Doc("The users who may read the views of the schema terrace: what all clients do, for one.")
        List<String> operators,
    @Doc(
            "Statements that differ in their constants alone are counted together: how many such"
                + " forms each event loop counts apart, of each store; the rest together.")
        @Default("1000")
        int statistics,
    @Doc("A line in the log for each statement that took long; none if left out.")
        Optional<SlowLogConfig> slowLog,
    @Doc("How long a statement waits while what it needs is paused (terrace sql pause).")
        @Default("60s")
        Duration pauseWait,
    @Doc(
            "What is kept of results, for tables with cache and statements whose comment asks for it;"
                + " if left out, with the defaults where a table has cache, else nothing.")
        Optional<SqlCacheConfig> cache) {

  public SqlConfig {
    Check.positive("auth-query-ttl", authQueryTtl);
    Check.positive("max-server-connections", maxServerConnections);
    Check.positive("acquire-timeout", acquireTimeout);
    Check.range("max-waiting", maxWaiting, 0, 1_000_000);
    Check.positive("idle-timeout", idleTimeout);
    Check.positive("server-lifetime", serverLifetime);
    Check.positive("login-timeout", loginTimeout);
    Check.positive("max-logins", maxLogins);
    maxUserClients.ifPresent(max -> Check.positive("max-user-clients", max));
    userMemory.ifPresent(max -> Check.range("user-memory", max.bytes(), 1024, Long.MAX_VALUE));
    maxDatabaseClients.ifPresent(max -> Check.positive("max-database-clients", max));
    clientIdleTimeout.ifPresent(time -> Check.positive("client-idle-timeout", time));
    idleTransactionTimeout.ifPresent(time -> Check.positive("idle-transaction-timeout", time));
    statementTimeout.ifPresent(time -> Check.positive("statement-timeout", time));
    Check.range("max-message", maxMessage.bytes(), 1024, 1 << 30);
    for (String function : readOnlyFunctions) {
      if (!function.matches("[a-z_][a-z0-9_$]*(\\.[a-z_][a-z0-9_$]*)?")) {
        throw new IllegalArgumentException(
            "read-only-functions: '" + function + "' is not a function's name in lower case");
      }
    }
    Check.range("combine-memory", combineMemory.bytes(), 1024, 1 << 29);
    Check.positive("deadlock-timeout", deadlockTimeout);
    Check.positive("in-doubt-every", inDoubtEvery);
    Check.range("statistics", statistics, 1, 100_000);
    Check.positive("pause-wait", pauseWait);
    if (reset.isBlank()) {
      throw new IllegalArgumentException("reset must be a query, such as DISCARD ALL");
    }
  }

  /** The names of the stores that clients may connect to. */
  public List<String> served(Map<String, StoreConfig> all) {
    return stores.isEmpty() ? List.copyOf(all.keySet()) : stores;
  }

  /** Results that are kept. */
  public record SqlCacheConfig(
      @Doc("Memory for all that is kept; what was not asked for of late makes room.")
          @Default("64MB")
          Size memory,
      @Doc("The largest result that is kept.") @Default("1MB") Size maxResult,
      @Doc(
              "How often the catalogue is looked at, for triggers and the like that were made"
                  + " past Terrace.")
          @Default("30s")
          Duration every,
      @Doc(
              "For how long nothing is kept of tables that were being written to when the server"
                  + " was lost, for it may still commit.")
          @Default("30s")
          Duration doubt) {

    /** What holds if the file says nothing. */
    public static final SqlCacheConfig DEFAULT =
        new SqlCacheConfig(
            new Size(64L << 20),
            new Size(1L << 20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));

    public SqlCacheConfig {
      Check.range("memory", memory.bytes(), 64 << 10, 1L << 40);
      Check.range("max-result", maxResult.bytes(), 64, 1 << 30);
      Check.positive("every", every);
      Check.positive("doubt", doubt);
      if (maxResult.bytes() > memory.bytes()) {
        throw new IllegalArgumentException("max-result must not be larger than memory");
      }
    }
  }

  /** What a transaction may do that writes to several shards. */
  public enum AcrossShards {
    TWO_PHASE,
    ONE_BY_ONE,
    REFUSE
  }

  /** A user that may log in to the SQL front. */
  public record UserConfig(
      @Doc(
              "The password, best as ${NAME}; or what pg_authid keeps of it: SCRAM-SHA-256$... or"
                  + " md5....")
          Optional<Secret> password,
      @Doc(
              "How the user proves who it is: scram-sha-256, md5 for old clients, cert by a client"
                  + " certificate, or trust, which clients of the same machine alone may use.")
          @Default("scram-sha-256")
          AuthMethod auth,
      @Doc("The common names that the user's certificates may bear; the user's name if left out.")
          List<String> commonNames,
      @Doc("The role that servers see the user as; by server-login if left out.")
          Optional<String> serverUser,
      @Doc("That role's password, best as ${NAME}; the user's own if left out.")
          Optional<Secret> serverPassword,
      @Doc("Another pool than the front's: transaction or session.") Optional<PoolMode> pool,
      @Doc("Clients of this user at once.") Optional<Integer> maxClients,
      @Doc("Memory for what is kept for all sessions of this user; by user-memory if left out.")
          Optional<Size> maxMemory) {

    public UserConfig {
      maxMemory.ifPresent(max -> Check.range("max-memory", max.bytes(), 1024, Long.MAX_VALUE));
      boolean needsPassword = auth == AuthMethod.SCRAM_SHA_256 || auth == AuthMethod.MD5;
      if (needsPassword && password.isEmpty()) {
        throw new IllegalArgumentException("password is missing; only cert and trust need none");
      }
      if (auth != AuthMethod.CERT && !commonNames.isEmpty()) {
        throw new IllegalArgumentException("common-names are for 'auth: cert'");
      }
      maxClients.ifPresent(max -> Check.positive("max-clients", max));
      password.ifPresent(secret -> {
        if (secret.value().startsWith("SCRAM-SHA-256$") && auth == AuthMethod.MD5) {
          throw new IllegalArgumentException("that password cannot be checked by md5");
        }
        if (secret.value().matches("md5[0-9a-f]{32}") && auth == AuthMethod.SCRAM_SHA_256) {
          throw new IllegalArgumentException("that password can only be checked with 'auth: md5'");
        }
      });
    }
  }

  /** The log of statements that took long. */
  public record SlowLogConfig(
      @Doc("How long a statement must have taken, waiting included.") Duration over,
      @Doc(
              "Whether constants stand in the line; otherwise question marks do. Bound parameters"
                  + " never do.")
          @Default("false")
          boolean values,
      @Doc("Lines a minute, of each store; what is left out is counted.") @Default("60")
          int linesPerMinute) {

    public SlowLogConfig {
      Check.range("lines-per-minute", linesPerMinute, 1, 1_000_000);
    }
  }

  /** How a user proves who it is. */
  public enum AuthMethod {
    SCRAM_SHA_256,
    MD5,
    CERT,
    TRUST
  }

  /** For how long a client has a server connection. */
  public enum PoolMode {
    TRANSACTION,
    SESSION
  }

  /** As whom servers see clients. */
  public enum ServerLogin {
    STORE,
    CLIENT
  }

  /** What is different for the clients of one store. */
  public record DatabaseConfig(
      @Doc("Another pool than the front's: transaction or session.") Optional<PoolMode> pool,
      @Doc("Clients of this store at once.") Optional<Integer> maxClients) {

    public DatabaseConfig {
      maxClients.ifPresent(max -> Check.positive("max-clients", max));
    }
  }
}
