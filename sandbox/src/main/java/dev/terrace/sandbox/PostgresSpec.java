package dev.terrace.sandbox;

import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * What a {@link PostgresCluster} consists of.
 *
 * @param ports in the order shard 0 primary, its replicas, shard 1 primary, ...; empty for free
 *     ones
 * @param user a superuser
 * @param disposable whether a crash of the machine may cost the data (fsync off); the crash of a
 *     server never does
 * @param closeOnExit whether a shutdown hook closes it; without that the watchdogs still do
 * @param initSql the statements for a shard's primary once it runs
 */
public record PostgresSpec(
    int shards,
    int replicasPerShard,
    List<Integer> ports,
    String user,
    String password,
    String database,
    int maxConnections,
    boolean disposable,
    boolean closeOnExit,
    IntFunction<String> initSql) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9_.~-]+");

  public PostgresSpec {
    ports = List.copyOf(ports);
    if (shards < 1 || replicasPerShard < 0) {
      throw new IllegalArgumentException("a cluster has at least one shard and no fewer replicas");
    }
    if (!ports.isEmpty() && ports.size() != shards * (1 + replicasPerShard)) {
      throw new IllegalArgumentException(
          shards * (1 + replicasPerShard) + " servers need as many ports, not " + ports.size());
    }
    // They go into files and statements as they are.
    if (!NAME.matcher(user).matches() || !NAME.matcher(database).matches()) {
      throw new IllegalArgumentException("user and database must be plain names");
    }
    if (!PASSWORD.matcher(password).matches()) {
      throw new IllegalArgumentException("the password must be of letters, digits and _.~-");
    }
  }

  /** Free ports; user, password and database are all {@code shop}. */
  public static PostgresSpec of(int shards, int replicasPerShard) {
    return new PostgresSpec(
        shards, replicasPerShard, List.of(), "shop", "shop", "shop", 200, true, true, shard -> "");
  }

  /** With these ports. */
  public PostgresSpec withPorts(List<Integer> chosen) {
    return new PostgresSpec(
        shards,
        replicasPerShard,
        chosen,
        user,
        password,
        database,
        maxConnections,
        disposable,
        closeOnExit,
        initSql);
  }

  /** With this login and database. */
  public PostgresSpec withLogin(String newUser, String newPassword, String newDatabase) {
    return new PostgresSpec(
        shards,
        replicasPerShard,
        ports,
        newUser,
        newPassword,
        newDatabase,
        maxConnections,
        disposable,
        closeOnExit,
        initSql);
  }

  /** With these statements for each shard's primary. */
  public PostgresSpec withInitSql(IntFunction<String> statements) {
    return new PostgresSpec(
        shards,
        replicasPerShard,
        ports,
        user,
        password,
        database,
        maxConnections,
        disposable,
        closeOnExit,
        statements);
  }

  /** Closed by its owner in its own time, and by no shutdown hook. */
  public PostgresSpec withoutExitHook() {
    return new PostgresSpec(
        shards,
        replicasPerShard,
        ports,
        user,
        password,
        database,
        maxConnections,
        disposable,
        false,
        initSql);
  }
}
