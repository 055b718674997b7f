package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that count up and read at once, with results kept: once anybody knows of a value, by its
 * own commit or by reading it, nobody reads an older one.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CacheConsistencyTest {

  private static final int COUNTERS = 12;
  private static final int CLIENTS = 6;
  private static final int STEPS = 500;
  private static final List<String> OPTIONS =
      List.of("preferQueryMode=simple", "prepareThreshold=1", "prepareThreshold=0");

  private static CachedStore store;

  /** What is known of each counter. */
  private final AtomicIntegerArray known = new AtomicIntegerArray(COUNTERS);

  private final AtomicInteger steps = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    store =
        CachedStore.start(
            2,
            0,
            "create table counters (id bigint primary key, n int)",
            "cache: {doubt: 300ms}",
            "counters: {store: shop, shard: hash(id), cache: {ttl: 1h}}");
    try (Connection connection = store.connect()) {
      for (int id = 0; id < COUNTERS; id++) {
        TestFront.run(connection, "insert into counters (id, n) values (" + id + ", 0)");
      }
    }
    store.awaitCatalogue();
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @ParameterizedTest
  @Order(0)
  @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=1", "prepareThreshold=0"})
  void answersOfSeveralShardsAreKeptToo(String options) throws Exception {
    List<String> reads =
        List.of(
            "select sum(n), count(*) from counters",
            "select n from counters order by id desc limit 1",
            "select n, 'x' from counters",
            "select n, count(*) from counters group by n having count(*) > 0 order by n desc");
    try (Connection connection = store.connect(options)) {
      List<List<String>> before = new ArrayList<>();
      for (String read : reads) {
        rows(connection, read);
        before.add(rows(connection, read));
      }
      for (int shard = 0; shard < 2; shard++) {
        store.cluster().primary(shard).execute("update counters set n = n + 1000");
      }
      long hits = store.events("hit");
      for (int i = 0; i < reads.size(); i++) {
        assertThat(rows(connection, reads.get(i))).as(reads.get(i)).isEqualTo(before.get(i));
      }
      assertThat(store.events("hit")).isEqualTo(hits + reads.size());
      connection.setAutoCommit(false);
      ask(connection, "update" + up(0));
      ask(connection, "update" + up(1));
      connection.commit();
      connection.setAutoCommit(true);
      for (int i = 0; i < reads.size(); i++) {
        assertThat(rows(connection, reads.get(i))).isNotEqualTo(before.get(i));
      }
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      all.sort(null);
      return all;
    }
  }

  @Test
  @Order(1)
  void nobodyReadsWhatIsOlderThanKnown() throws Exception {
    long hits = store.events("hit");
    all(20_261_128, true);
    assertThat(store.events("hit") - hits).as("hits").isGreaterThan(CLIENTS * STEPS / 10);
    settled();
  }

  @Test
  @Order(2)
  void norIfServersAreKilled() throws Exception {
    try (ExecutorService killer = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> kills =
          killer.submit(() -> {
            for (int kill = 1; kill <= 4; kill++) {
              int until = kill * CLIENTS * STEPS / 5;
              Await.until("clients are at work", () -> steps.get() >= until);
              int shard = kill % 2;
              store.cluster().primary(shard).kill();
              store.cluster().primary(shard).start();
            }
            return null;
          });
      all(42, false);
      kills.get();
    }
    settled();
  }

  private void all(long seed, boolean severalShards) throws Exception {
    try (Connection connection = store.connect()) {
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
              client(random, severalShards);
              return null;
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  private void client(Seeded random, boolean severalShards) {
    int left = STEPS;
    while (left > 0) {
      try (Connection connection = store.connect(random.pick(OPTIONS))) {
        while (left > 0) {
          left--;
          steps.incrementAndGet();
          step(connection, random, severalShards);
        }
      } catch (SQLException e) {
        // A server was killed: what was under way may have come about or not.
        assertThat(severalShards).as("no server is killed: %s", e).isFalse();
      }
    }
  }

  private void step(Connection connection, Seeded random, boolean severalShards)
      throws SQLException {
    int id = random.nextInt(COUNTERS);
    switch (random.nextInt(40)) {
      case 0 -> learn(id, Integer.parseInt(ask(connection, "update" + up(id))));
      case 1 -> {
        connection.setAutoCommit(false);
        int other = severalShards ? random.nextInt(COUNTERS) : id;
        int first = Integer.parseInt(ask(connection, "update" + up(Math.min(id, other))));
        int second = Integer.parseInt(ask(connection, "update" + up(Math.max(id, other))));
        if (random.nextInt(3) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          learn(Math.min(id, other), first);
          learn(Math.max(id, other), second);
        }
        connection.setAutoCommit(true);
      }
      case 2, 3, 4 -> check(connection, id, "/* terrace: no-cache */ " + read(id));
      case 5, 6, 7, 8 -> prepared(connection, id);
      default -> check(connection, id, read(id));
    }
  }

  private static String up(int id) {
    return " counters set n = n + 1 where id = " + id + " returning n";
  }

  private static String read(int id) {
    return "select n from counters where id = " + id;
  }

  private void check(Connection connection, int id, String sql) throws SQLException {
    int atLeast = known.get(id);
    int value = Integer.parseInt(ask(connection, sql));
    assertThat(value).as(sql).isGreaterThanOrEqualTo(atLeast);
    learn(id, value);
  }

  private void prepared(Connection connection, int id) throws SQLException {
    int atLeast = known.get(id);
    try (PreparedStatement read =
        connection.prepareStatement("select n from counters where id = ?")) {
      read.setLong(1, id);
      try (ResultSet rows = read.executeQuery()) {
        rows.next();
        assertThat(rows.getInt(1)).isGreaterThanOrEqualTo(atLeast);
        learn(id, rows.getInt(1));
      }
    }
  }

  private void learn(int id, int value) {
    known.accumulateAndGet(id, value, Math::max);
  }

  /** All is quiet: what is kept is what the servers have. */
  private void settled() throws SQLException {
    for (int again = 0; again < 3; again++) {
      for (String options : OPTIONS) {
        try (Connection connection = store.connect(options)) {
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
