package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL server of a {@link PostgresCluster}, which can be broken and mended at will. */
public final class PostgresServer {

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final int STATUS_LINE = 7;
  private static final int MEMORY_LINE = 6;

  private final String name;
  private final int port;
  private final Path data;
  private final PostgresSpec spec;
  private final PostgresBinaries binaries;
  private final Account account;
  private @Nullable ChildProcess process;

  PostgresServer(
      String name,
      int port,
      Path data,
      PostgresSpec spec,
      PostgresBinaries binaries,
      Account account) {
    this.name = name;
    this.port = port;
    this.data = data;
    this.spec = spec;
    this.binaries = binaries;
    this.account = account;
  }

  /** Its name, as in {@code shard 0 primary}. */
  public String name() {
    return name;
  }

  /** The address that it listens on, without the port. */
  public String host() {
    return "127.0.0.1";
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** {@code 127.0.0.1:5501}. */
  public String address() {
    return host() + ":" + port;
  }

  /** For {@link DriverManager}, with user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://"
        + address()
        + "/"
        + spec.database()
        + "?connectTimeout=5&user="
        + spec.user()
        + "&password="
        + spec.password();
  }

  /** A connection of its own, past Terrace. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl());
  }

  /** Runs statements, separated by semicolons. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Starts it, at first or again, and waits until it takes connections. */
  public synchronized void start() {
    if (alive()) {
      return;
    }
    if (!FreePorts.isFree(port)) {
      throw new SandboxException(
          "port "
              + port
              + " of 127.0.0.1 is taken (ss -ltnp shows by whom); "
              + name
              + " needs it");
    }
    List<String> command = new ArrayList<>(account.prefix());
    command.addAll(List.of(binaries.program("postgres").toString(), "-D", data.toString()));
    Path log = data.resolveSibling(data.getFileName() + ".log");
    ChildProcess started =
        ChildProcess.start(
            new ChildProcess.Spec(
                "PostgreSQL (" + name + ")", command, environment(), log, "QUIT", 2));
    process = started;
    started.waitUntil("ready", START_PATIENCE, () -> isReady(started.pid()));
  }

  /** Nothing depends on the machine: dates, sort order, nor certificates in somebody's home. */
  private Map<String, String> environment() {
    return Map.of("TZ", "UTC", "LC_ALL", "C", "HOME", data.toString());
  }

  /** Whether its process runs; it may be paused. */
  public synchronized boolean alive() {
    return process != null && process.alive();
  }

  /** The id of its first process; 0 before its first start. */
  public synchronized long pid() {
    return process == null ? 0 : process.pid();
  }

  /** The last lines of its log. */
  public synchronized String log() {
    return process == null ? "" : process.tail();
  }

  /** Makes a replica a primary, which it is when this returns. */
  public void promote() throws SQLException {
    execute("SELECT pg_promote(true, 60)");
  }

  /**
   * Restarts it as a standby of another server, with the data that it has: what its own history has
   * beyond the other's stays, and then it never gets to stream (pg_rewind would see to that).
   */
  public synchronized void follow(PostgresServer primary) {
    stop();
    try {
      Files.writeString(
          data.resolve("postgresql.conf"),
          "primary_conninfo = '" + PostgresSettings.following(spec, name, primary.port()) + "'\n",
          StandardOpenOption.APPEND);
      Path signal = data.resolve("standby.signal");
      if (!Files.exists(signal)) {
        Files.createFile(signal);
        account.own(signal);
      }
    } catch (IOException e) {
      throw new SandboxException("cannot make " + name + " a standby: " + e.getMessage(), e);
    }
    start();
  }

  /** Stops it in good order, ending its sessions (a fast shutdown). */
  public synchronized void stop() {
    stop("INT");
  }

  /** Kills it with all its backends (kill -9), as a power failure would. */
  public synchronized void kill() {
    if (process != null) {
      process.kill();
      clearRemains();
    }
  }

  /**
   * Stops all its processes in their tracks (SIGSTOP): it accepts connections but never answers.
   */
  public synchronized void pause() {
    if (process != null) {
      process.pause();
    }
  }

  /** Lets it go on after {@link #pause}. */
  public synchronized void resume() {
    if (process != null) {
      process.resume();
    }
  }

  /** Ends it for good; its data is about to be removed. */
  void discard() {
    stop("QUIT");
  }

  private synchronized void stop(String signal) {
    if (process == null) {
      return;
    }
    if (process.alive()) {
      process.resume();
    }
    process.stop(signal, STOP_PATIENCE);
    clearRemains();
  }

  /** The postmaster writes its state there: what pg_ctl -w waits for, too. */
  private boolean isReady(long pid) {
    List<String> lines = lockFile();
    return lines.size() > STATUS_LINE
        && lines.getFirst().strip().equals(Long.toString(pid))
        && lines.get(STATUS_LINE).strip().equals("ready");
  }

  /**
   * Clears what a killed server could not: its lock file, which would stop a new start if another
   * process got its id, and the System V segment (56 bytes) that guards its data folder.
   */
  private void clearRemains() {
    List<String> lines = lockFile();
    Optional<String> segment = Optional.empty();
    if (lines.size() > MEMORY_LINE) {
      String[] keyAndId = lines.get(MEMORY_LINE).strip().split("\\s+", -1);
      segment = keyAndId.length == 2 ? Optional.of(keyAndId[1]) : Optional.empty();
    }
    try {
      if (segment.isPresent()) {
        new ProcessBuilder("ipcrm", "-m", segment.get())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
      }
      Files.deleteIfExists(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      // No ipcrm on this machine: the segment stays until the next start or boot.
      System.getLogger(PostgresServer.class.getName())
          .log(System.Logger.Level.DEBUG, () -> "left after " + name + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> lockFile() {
    try {
      return Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
