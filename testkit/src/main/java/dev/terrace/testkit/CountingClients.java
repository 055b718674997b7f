package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Clients of a store that keeps results, which count up and read at once: once anybody knows of a
 * value, by its own commit or by reading it, nobody reads an older one.
 */
public final class CountingClients {

  /** The table that they use, whose results are to be kept. */
  public static final String TABLE = "create table counters (id bigint primary key, n int)";

  private static final int CLIENTS = 6;

  /** How drivers may speak. */
  public static final List<String> OPTIONS =
      List.of("preferQueryMode=simple", "prepareThreshold=1", "prepareThreshold=0");

  private static final int COUNTERS = 12;

  /** Connects a client. */
  @FunctionalInterface
  public interface Source {
    Connection connect(String options) throws SQLException;
  }

  /** What is done to the servers meanwhile. */
  @FunctionalInterface
  public interface Disturbance {
    /**
     * Does it.
     *
     * @param number how often it was done already
     */
    void disturb(int number) throws Exception;
  }

  private final Source source;
  private final int steps;
  private final int writesOneIn;

  /** What is known of each counter. */
  private final AtomicIntegerArray known = new AtomicIntegerArray(COUNTERS);

  private final AtomicInteger done = new AtomicInteger();
  private final Set<String> failures = new ConcurrentSkipListSet<>();
  private volatile boolean undisturbed = true;

  /**
   * Of the store that the source connects to.
   *
   * @param steps what each client does
   * @param writesOneIn in so many steps there is a write; while one is under way, nothing is kept
   */
  public CountingClients(Source source, int steps, int writesOneIn) {
    this.source = source;
    this.steps = steps;
    this.writesOneIn = writesOneIn;
  }

  /** What all clients do in a run. */
  public int steps() {
    return CLIENTS * steps;
  }

  /** Makes the rows, in the table that must be there. */
  public static void fill(Connection connection) throws SQLException {
    for (int id = 0; id < COUNTERS; id++) {
      try (Statement insert = connection.createStatement()) {
        insert.executeUpdate("insert into counters (id, n) values (" + id + ", 0)");
      }
    }
  }

  /** Has all clients do their steps, none of which may fail. */
  public void run(long seed) throws Exception {
    undisturbed = true;
    all(seed);
  }

  /**
   * Has all clients do their steps, in transactions on one shard alone, while their servers are
   * disturbed: what was under way then may have come about or not.
   */
  public void run(long seed, int disturbances, Disturbance disturbance) throws Exception {
    undisturbed = false;
    done.set(0);
    try (ExecutorService disturber = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> all =
          disturber.submit(() -> {
            for (int number = 0; number < disturbances; number++) {
              int until = (number + 1) * steps() / (disturbances + 1);
              Await.until("clients are at work", () -> done.get() >= until);
              disturbance.disturb(number);
            }
            return null;
          });
      all(seed);
      all.get();
    }
  }

  /** The SQLSTATEs of what failed. */
  public Set<String> failures() {
    return Set.copyOf(failures);
  }

  private void all(long seed) throws Exception {
    try (Connection connection = source.connect("")) {
      for (int id = 0; id < COUNTERS; id++) {
        known.set(id, Integer.parseInt(ask(connection, read(id))));
      }
    }
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        Seeded random = Seeded.of(seed + client);
        running.add(
            clients.submit(() -> {
              client(random);
              return null;
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  private void client(Seeded random) {
    int left = steps;
    while (left > 0) {
      try (Connection connection = source.connect(random.pick(OPTIONS))) {
        while (left > 0) {
          left--;
          done.incrementAndGet();
          step(connection, random);
        }
      } catch (SQLException e) {
        assertThat(undisturbed).as("no server is disturbed: %s", e).isFalse();
        failures.add(e.getSQLState());
      }
    }
  }

  private void step(Connection connection, Seeded random) throws SQLException {
    int id = random.nextInt(COUNTERS);
    if (random.nextInt(writesOneIn) == 0) {
      write(connection, random, id);
      return;
    }
    switch (random.nextInt(38)) {
      case 0, 1, 2 -> check(connection, id, "/* terrace: no-cache */ " + read(id));
      case 3, 4, 5, 6 -> prepared(connection, id);
      default -> check(connection, id, read(id));
    }
  }

  private void write(Connection connection, Seeded random, int id) throws SQLException {
    if (random.nextBoolean()) {
      learn(id, Integer.parseInt(ask(connection, up(id))));
      return;
    }
    connection.setAutoCommit(false);
    int other = undisturbed ? random.nextInt(COUNTERS) : id;
    int first = Integer.parseInt(ask(connection, up(Math.min(id, other))));
    int second = Integer.parseInt(ask(connection, up(Math.max(id, other))));
    if (random.nextInt(3) == 0) {
      connection.rollback();
    } else {
      connection.commit();
      learn(Math.min(id, other), first);
      learn(Math.max(id, other), second);
    }
    connection.setAutoCommit(true);
  }

  /** Counts one up. */
  public static String up(int id) {
    return "update counters set n = n + 1 where id = " + id + " returning n";
  }

  private static String read(int id) {
    return "select n from counters where id = " + id;
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).as(sql).isTrue();
      return rows.getString(1);
    }
  }

  private void check(Connection connection, int id, String sql) throws SQLException {
    int atLeast = known.get(id);
    int value = Integer.parseInt(ask(connection, sql));
    assertKnown(connection, id, value, atLeast);
    learn(id, value);
  }

  private static void assertKnown(Connection connection, int id, int value, int atLeast)
      throws SQLException {
    if (value < atLeast) {
      String truth = ask(connection, "/* terrace: no-cache */ " + read(id));
      assertThat(value)
          .as("counter %s, whose server says %s", id, truth)
          .isGreaterThanOrEqualTo(atLeast);
    }
  }

  private void prepared(Connection connection, int id) throws SQLException {
    int atLeast = known.get(id);
    try (PreparedStatement read =
        connection.prepareStatement("select n from counters where id = ?")) {
      read.setLong(1, id);
      try (ResultSet rows = read.executeQuery()) {
        rows.next();
        assertKnown(connection, id, rows.getInt(1), atLeast);
        learn(id, rows.getInt(1));
      }
    }
  }

  private void learn(int id, int value) {
    known.accumulateAndGet(id, value, Math::max);
  }

  /** All is quiet: what is kept is what the servers have. */
  public void assertSettled() throws SQLException {
    for (int again = 0; again < 3; again++) {
      for (String options : OPTIONS) {
        try (Connection connection = source.connect(options)) {
          for (int id = 0; id < COUNTERS; id++) {
            String truth = ask(connection, "/* terrace: no-cache */ " + read(id));
            assertThat(ask(connection, read(id))).isEqualTo(truth);
            assertThat(Integer.parseInt(truth)).isGreaterThanOrEqualTo(known.get(id));
          }
        }
      }
    }
  }
}
