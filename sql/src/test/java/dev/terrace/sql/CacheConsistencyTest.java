package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.CountingClients;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that write and read at once, with results kept: nobody reads what is older than known.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CacheConsistencyTest {

  private static CachedStore store;

  private final CountingClients clients =
      new CountingClients(options -> store.connect(options), 500, 20);

  @BeforeAll
  static void start() throws Exception {
    store =
        CachedStore.start(
            2,
            0,
            CountingClients.TABLE,
            "cache: {doubt: 300ms}",
            "counters: {store: shop, shard: hash(id), cache: {ttl: 1h}}");
    try (Connection connection = store.connect()) {
      CountingClients.fill(connection);
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
      ask(connection, CountingClients.up(0));
      ask(connection, CountingClients.up(1));
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
    clients.run(20_261_128);
    assertThat(store.events("hit") - hits).as("hits").isGreaterThan(clients.steps() / 10);
    clients.assertSettled();
  }

  @Test
  @Order(2)
  void norIfServersAreKilled() throws Exception {
    clients.run(
        42,
        4,
        number -> {
          store.cluster().primary(number % 2).kill();
          store.cluster().primary(number % 2).start();
        });
    clients.assertSettled();
  }
}
