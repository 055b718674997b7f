package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Real PostgreSQL on this machine: shards, each a primary and the replicas that follow it by
 * streaming replication. Its data lies in a temporary folder and is gone when it is closed, or when
 * the JVM ends in any way.
 */
public final class PostgresCluster implements AutoCloseable {

  private static final Duration REPLICA_PATIENCE = Duration.ofSeconds(30);

  private final PostgresSpec spec;
  private final ScratchFolder scratch;
  private final List<List<PostgresServer>> shards = new ArrayList<>();
  private final Thread hook = new Thread(this::closeQuietly, "postgres-cluster-close");
  private boolean closed;

  private PostgresCluster(PostgresSpec spec, ScratchFolder scratch) {
    this.spec = spec;
    this.scratch = scratch;
  }

  /** Starts it and waits until every server answers and every replica follows. */
  public static PostgresCluster start(PostgresSpec spec) {
    return start(spec, message -> {});
  }

  /** Starts it, and says what is being done. */
  public static PostgresCluster start(PostgresSpec spec, Consumer<String> progress) {
    CacheFolder cache = CacheFolder.standard();
    Account account = Account.forServers();
    PostgresBinaries binaries = PostgresBinaries.unpacked(cache, progress);
    PostgresTemplate template = new PostgresTemplate(spec, binaries, account, cache, progress);
    PostgresCluster cluster =
        new PostgresCluster(spec, ScratchFolder.create("terrace-postgresql-"));
    if (spec.closeOnExit()) {
      Runtime.getRuntime().addShutdownHook(cluster.hook);
    }
    try {
      cluster.createAndStart(template, binaries, account, progress);
      return cluster;
    } catch (IOException e) {
      cluster.closeQuietly();
      throw new SandboxException("cannot prepare PostgreSQL's data: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      cluster.closeQuietly();
      throw e;
    }
  }

  private void createAndStart(
      PostgresTemplate template,
      PostgresBinaries binaries,
      Account account,
      Consumer<String> progress)
      throws IOException {
    Files.setPosixFilePermissions(scratch.path(), PosixFilePermissions.fromString("rwx------"));
    account.own(scratch.path());
    List<Integer> ports =
        spec.ports().isEmpty()
            ? FreePorts.some(spec.shards() * (1 + spec.replicasPerShard()))
            : spec.ports();
    List<Step> steps = new ArrayList<>();
    for (int shard = 0; shard < spec.shards(); shard++) {
      List<PostgresServer> servers = new ArrayList<>();
      int primaryPort = ports.get(shard * (1 + spec.replicasPerShard()));
      for (int i = 0; i <= spec.replicasPerShard(); i++) {
        String name = "shard " + shard + (i == 0 ? " primary" : " replica " + i);
        Path data = scratch.path().resolve(name.replace(' ', '-'));
        int port = ports.get(shard * (1 + spec.replicasPerShard()) + i);
        PostgresServer server = new PostgresServer(name, port, data, spec, binaries, account);
        PostgresSettings settings =
            new PostgresSettings(spec, name, port, i == 0 ? 0 : primaryPort);
        String init = i == 0 ? spec.initSql().apply(shard) : "";
        servers.add(server);
        steps.add(() -> {
          template.copyTo(data);
          settings.writeTo(data, account);
          server.start();
          if (!init.isBlank()) {
            server.execute(init);
          }
        });
      }
      shards.add(servers);
    }
    progress.accept("Starting " + steps.size() + " PostgreSQL servers");
    together(steps);
    awaitReplicas();
  }

  /** The folder of the servers' data and logs, until it is closed. */
  public Path folder() {
    return scratch.path();
  }

  /** How many shards it has. */
  public int shards() {
    return spec.shards();
  }

  /** A shard's primary; shards count from 0. */
  public PostgresServer primary(int shard) {
    return shards.get(shard).getFirst();
  }

  /** A shard's replica; both count from 0. */
  public PostgresServer replica(int shard, int replica) {
    return shards.get(shard).get(1 + replica);
  }

  /** All servers: shard 0's primary, its replicas, shard 1's primary, ... */
  public List<PostgresServer> servers() {
    return shards.stream().flatMap(List::stream).toList();
  }

  /** Waits until every replica that runs has applied all that its primary has committed. */
  public void awaitReplicas() {
    for (List<PostgresServer> servers : shards) {
      List<PostgresServer> replicas =
          servers.stream().skip(1).filter(PostgresServer::alive).toList();
      if (!replicas.isEmpty()) {
        awaitReplicas(servers.getFirst(), replicas);
      }
    }
  }

  private static void awaitReplicas(PostgresServer primary, List<PostgresServer> replicas) {
    try (Connection connection = primary.connect();
        Statement statement = connection.createStatement()) {
      // The flushed position, not the written one: no replica can be ahead of it.
      String position = text(statement, "SELECT pg_current_wal_flush_lsn()");
      String caughtUp =
          "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= '"
              + position
              + "'";
      boolean done =
          Poll.until(
              REPLICA_PATIENCE,
              () -> {
                try {
                  return Integer.parseInt(text(statement, caughtUp)) >= replicas.size();
                } catch (SQLException e) {
                  throw new SandboxException(primary.name() + ": " + e.getMessage(), e);
                }
              });
      if (!done) {
        throw new SandboxException(
            "a replica of "
                + primary.name()
                + " does not follow; its log ends with:\n"
                + replicas.getFirst().log());
      }
    } catch (SQLException e) {
      throw new SandboxException(primary.name() + ": " + e.getMessage(), e);
    }
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  /** Stops all servers and removes their data. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      together(servers().stream().<Step>map(server -> server::discard).toList());
    } finally {
      scratch.close();
      if (spec.closeOnExit() && Thread.currentThread() != hook) {
        removeHook();
      }
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is already going down: the hook finds the cluster closed.
      hook.setName("postgres-cluster-closed");
    }
  }

  private void closeQuietly() {
    try {
      close();
    } catch (RuntimeException e) {
      System.getLogger(PostgresCluster.class.getName())
          .log(System.Logger.Level.WARNING, () -> "while closing: " + e.getMessage());
    }
  }

  /** Something that is done at the same time as others of its kind. */
  private interface Step {
    void run() throws IOException, SQLException;
  }

  private static void together(List<Step> steps) {
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Step step : steps) {
        running.add(
            executor.submit(() -> {
              step.run();
              return null;
            }));
      }
    } // waits for all
    List<Throwable> failures =
        running.stream()
            .filter(task -> task.state() == Future.State.FAILED)
            .map(Future::exceptionNow)
            .toList();
    if (!failures.isEmpty()) {
      Throwable first = failures.getFirst();
      throw first instanceof SandboxException known
          ? known
          : new SandboxException(String.valueOf(first.getMessage()), first);
    }
  }
}
