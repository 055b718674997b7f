package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.run;

import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Clients that insert orders and read them back, move money between accounts and sum it up, and ask
 * for accounts through the key-value front, until they are stopped. Who loses its connection opens
 * another.
 */
final class MoneyLoad implements AutoCloseable {

  private static final int ACCOUNTS = 200;
  private static final long TOTAL = ACCOUNTS * 100L;

  private final int sqlPort;
  private final int kvPort;
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong(1_000_000);
  private final AtomicLong done = new AtomicLong();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();

  MoneyLoad(int sqlPort, int kvPort) {
    this.sqlPort = sqlPort;
    this.kvPort = kvPort;
    for (int i = 0; i < 3; i++) {
      String options = i % 2 == 0 ? "prepareThreshold=1" : "preferQueryMode=simple";
      running.add(clients.submit(() -> repeat(options, this::order)));
      running.add(clients.submit(() -> repeat(options, MoneyLoad::transfer)));
      running.add(clients.submit(() -> repeat(options, this::sum)));
    }
    running.add(clients.submit(this::keys));
  }

  Set<Long> acknowledged() {
    return acknowledged;
  }

  /** SQLSTATEs and messages of statements that failed. */
  List<String> failures() {
    return failures;
  }

  /** What was read and cannot be. */
  List<String> wrong() {
    return wrong;
  }

  private Connection connect(String options) throws SQLException {
    return connect(sqlPort, options);
  }

  /** A connection through Terrace. */
  static Connection connect(int sqlPort, String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + sqlPort + "/shop?user=shop&password=shop&" + options);
  }

  private void failed(Exception e) {
    String state = e instanceof SQLException sql ? sql.getSQLState() : e.getClass().getName();
    failures.add(state + " " + e.getMessage());
  }

  /** What a client does again and again. */
  private interface Step {
    void with(Connection connection) throws SQLException;
  }

  private Void repeat(String options, Step step) {
    while (!stop.get()) {
      try (Connection connection = connect(options)) {
        while (!stop.get() && !connection.isClosed()) {
          try {
            step.with(connection);
            done.incrementAndGet();
          } catch (SQLException e) {
            failed(e);
          }
        }
      } catch (SQLException e) {
        failed(e);
      }
    }
    return null;
  }

  private void order(Connection connection) throws SQLException {
    long id = ids.incrementAndGet();
    long customer = id % 997;
    try (PreparedStatement insert =
            connection.prepareStatement(
                "insert into orders (id, customer, note) values (?, ?, 'load')");
        PreparedStatement find =
            connection.prepareStatement("select id from orders where customer = ? and id = ?")) {
      insert.setLong(1, id);
      insert.setLong(2, customer);
      insert.executeUpdate();
      acknowledged.add(id);
      find.setLong(1, customer);
      find.setLong(2, id);
      try (ResultSet rows = find.executeQuery()) {
        if (!rows.next()) {
          wrong.add("order " + id + " was written and not read");
        }
      }
    }
  }

  private static void transfer(Connection connection) throws SQLException {
    // In one order, so that nobody waits for another in a circle.
    int from = ThreadLocalRandom.current().nextInt(1, ACCOUNTS);
    int to = ThreadLocalRandom.current().nextInt(from + 1, ACCOUNTS + 1);
    connection.setAutoCommit(false);
    try {
      run(connection, "update accounts set balance = balance - 1 where id = " + from);
      run(connection, "update accounts set balance = balance + 1 where id = " + to);
      connection.commit();
    } catch (SQLException e) {
      if (!connection.isClosed()) {
        connection.rollback();
      }
      throw e;
    }
  }

  private void sum(Connection connection) throws SQLException {
    // Of primaries: each replica has its own moment.
    String sum = ask(connection, "/* terrace: primary */ select sum(balance) from accounts");
    if (!sum.equals(Long.toString(TOTAL))) {
      wrong.add("the accounts hold " + sum);
    }
  }

  private Void keys() {
    while (!stop.get()) {
      try (Jedis jedis = new Jedis("127.0.0.1", kvPort, 20_000)) {
        while (!stop.get()) {
          int id = ThreadLocalRandom.current().nextInt(1, ACCOUNTS + 1);
          if (jedis.hget("account:" + id, "balance") == null) {
            wrong.add("account " + id + " is not there");
          }
        }
      } catch (JedisException e) {
        failed(e);
      }
    }
    return null;
  }

  /** How many steps have been done. */
  long done() {
    return done.get();
  }

  /** Waits until that many orders were acknowledged. */
  void await(int orders) {
    Await.until(
        orders + " orders",
        Duration.ofSeconds(60),
        () -> acknowledged.size() >= orders || running.stream().anyMatch(Future::isDone));
  }

  /** Waits until they have done some more. */
  void awaitMore() {
    long before = done();
    Await.until("clients go on", Duration.ofSeconds(60), () -> done() > before + 150);
  }

  /** Ends all, and throws what has broken one. */
  void stop() throws Exception {
    stop.set(true);
    for (Future<?> one : running) {
      one.get();
    }
  }

  @Override
  public void close() {
    stop.set(true);
    clients.close();
  }
}
