package dev.terrace.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SQL front. */
public record SqlConfig(
    @Doc("Who may log in, by user name; without any, each store's own user and password.")
        Map<String, UserConfig> users,
    @Doc("The store that serves clients; needed only if there are several.") Optional<String> store,
    @Doc("Connections to one database server, over all event loops.") @Default("100")
        int maxServerConnections,
    @Doc("How long a client waits for a server connection.") @Default("5s") Duration acquireTimeout,
    @Doc("How long a server connection that nobody uses is kept.") @Default("60s")
        Duration idleTimeout,
    @Doc("How long logging in may take.") @Default("10s") Duration loginTimeout,
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
    @Doc("How often transactions over several shards are looked for that nobody is ending.")
        @Default("5s")
        Duration inDoubtEvery) {

  public SqlConfig {
    Check.positive("max-server-connections", maxServerConnections);
    Check.positive("acquire-timeout", acquireTimeout);
    Check.positive("idle-timeout", idleTimeout);
    Check.positive("login-timeout", loginTimeout);
    Check.range("max-message", maxMessage.bytes(), 1024, 1 << 30);
    for (String function : readOnlyFunctions) {
      if (!function.matches("[a-z_][a-z0-9_$]*(\\.[a-z_][a-z0-9_$]*)?")) {
        throw new IllegalArgumentException(
            "read-only-functions: '" + function + "' is not a function's name in lower case");
      }
    }
    Check.range("combine-memory", combineMemory.bytes(), 1024, 1 << 29);
    Check.positive("in-doubt-every", inDoubtEvery);
  }

  /** What a transaction may do that writes to several shards. */
  public enum AcrossShards {
    TWO_PHASE,
    ONE_BY_ONE,
    REFUSE
  }

  /** A user that may log in to the SQL front. */
  public record UserConfig(@Doc("The password, best as ${NAME}.") Secret password) {}
}
