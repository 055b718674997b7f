package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the sessions see of rows that several shards give together. */
final class GatherTest extends FrontTest {

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "combine-memory: 1MB");
  }

  private static void fails(Connection connection, String sql, String state) {
    assertThatThrownBy(() -> ask(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as(sql).isEqualTo(state));
  }

  @Test
  void memoryForCombiningIsBoundedAndTheSessionLivesOn() throws Exception {
    try (Connection connection = front.connect()) {
      String many = "from users, generate_series(1, 300) g";
      fails(connection, "select distinct name || g || repeat('x', 50) " + many, "53400");
      fails(
          connection,
          "select u.name || g from users u, generate_series(1, 300) g order by 1",
          "53400");
      assertThat(ask(connection, "select count(distinct name) from users")).isNotEqualTo("0");
      assertThat(ask(connection, "select g " + many + " order by g desc limit 1")).isEqualTo("300");
    }
    assertThat(front.signals.counter(Metric.SQL_COMBINED_BYTES, "shop").value()).isPositive();
  }

  @Test
  void errorsAreThoseOfOneServer() throws Exception {
    for (String options : new String[] {"preferQueryMode=simple", "prepareThreshold=1"}) {
      try (Connection connection = front.connect(options)) {
        fails(connection, "select nonsense from users order by 1", "42703");
        fails(connection, "select distinct name from users order by id", "42P10");
        fails(connection, "select name, count(*) from users group by name order by 5", "42P10");
        fails(connection, "select id from users order by name limit -1", "2201W");
        fails(connection, "select sum(name) from users", "42883");
        fails(connection, "select sum(1 / (id - 3)) from users", "22012");
        fails(connection, "select id from users order by 1 / (id - 3)", "22012");
        assertThat(ask(connection, "select count(*) from users")).isEqualTo("300");
      }
    }
  }

  @Test
  void columnsAreDescribedAsTheStatementHasThem() throws Exception {
    for (String options : new String[] {"preferQueryMode=simple", "prepareThreshold=1"}) {
      try (Connection connection = front.connect(options);
          PreparedStatement select =
              connection.prepareStatement(
                  "select name as who, count(*), sum(id) as \"Sum\" from users group by name"
                      + " order by name limit 3");
          ResultSet rows = select.executeQuery()) {
        ResultSetMetaData columns = rows.getMetaData();
        assertThat(columns.getColumnLabel(1)).isEqualTo("who");
        assertThat(columns.getColumnLabel(2)).isEqualTo("count");
        assertThat(columns.getColumnTypeName(2)).isEqualTo("int8");
        assertThat(columns.getColumnLabel(3)).isEqualTo("Sum");
        assertThat(columns.getColumnTypeName(3)).isEqualTo("numeric");
      }
    }
  }

  @Test
  void rowsAreFetchedOnAndMayBeLeft() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=1")) {
      connection.setAutoCommit(false);
      for (String sql :
          new String[] {
            "select id from users",
            "select id from users order by id",
            "select id from users order by name, id",
            "select id, count(*) from users group by id + 0, id order by 1"
          }) {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
          select.setFetchSize(7);
          try (ResultSet rows = select.executeQuery()) {
            int count = 0;
            while (rows.next()) {
              count++;
            }
            assertThat(count).as(sql).isEqualTo(300);
          }
          try (ResultSet rows = select.executeQuery()) {
            assertThat(rows.next()).isTrue();
            // Between two fetches the transaction may begin on a shard.
            assertThat(ask(connection, "select name from users where id = 2")).isNotEmpty();
            for (int i = 1; i < 20; i++) {
              assertThat(rows.next()).isTrue();
            }
          }
        }
        connection.commit();
      }
      try (PreparedStatement two = connection.prepareStatement("select id from users order by id");
          PreparedStatement one = connection.prepareStatement("select id from users")) {
        one.setFetchSize(5);
        two.setFetchSize(5);
        try (ResultSet left = one.executeQuery();
            ResultSet right = two.executeQuery()) {
          for (int i = 1; i <= 300; i++) {
            assertThat(left.next() && right.next()).isTrue();
            assertThat(right.getInt(1)).isEqualTo(i);
          }
        }
      }
      connection.rollback();
    }
  }

  @Test
  void longRowsOfSeveralShardsDoNotMix() throws Exception {
    try (Connection connection = front.connect();
        Statement select = connection.createStatement()) {
      for (String tail : new String[] {"", " order by u.id, g", " limit 400"}) {
        try (ResultSet rows =
            select.executeQuery(
                "select u.id, repeat(chr((65 + u.id % 26)::int), 150000 + g * 1000) from users u,"
                    + " generate_series(1, 3) g where u.id < 100"
                    + tail)) {
          int count = 0;
          while (rows.next()) {
            String text = rows.getString(2);
            char wanted = (char) (65 + rows.getLong(1) % 26);
            assertThat(text.chars().allMatch(c -> c == wanted)).isTrue();
            count++;
          }
          assertThat(count).as(tail).isEqualTo(297);
        }
      }
    }
  }

  @Test
  void cancellingEndsAllShards() throws Exception {
    try (Connection connection = front.connect();
        Statement statement = connection.createStatement();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String sql :
          new String[] {
            "select pg_sleep(60) from users order by id", "select count(pg_sleep(60)) from users"
          }) {
        Future<?> asked = clients.submit(() -> statement.execute(sql));
        Await.until("it runs", () -> front.inFlight() == 2);
        statement.cancel();
        assertThatThrownBy(asked::get).hasMessageContaining("cancel");
        assertThat(ask(connection, "select count(*) from users")).isEqualTo("300");
      }
    }
  }

  @Test
  void aSlowReaderOfMergedRowsHoldsTheServersUp() throws Exception {
    try (RawClient slow = Wire.loggedIn(front.port(), "shop", "shop")) {
      slow.send(
          Wire.message(
              'Q',
              "select repeat('x', 3000) from users u, generate_series(1, 15) g order by u.id, g\0"
                  .getBytes(StandardCharsets.UTF_8)));
      Await.until("it runs", () -> front.inFlight() > 0);
      assertThat(slow.readUntil("Z\0\0\0\u0005I")).hasSizeGreaterThan(13_000_000);
    }
  }

  @Test
  void changedRowsComeBackFromAllShards() throws Exception {
    try (Connection connection = front.connect()) {
      for (int i = 0; i < 10; i++) {
        run(connection, "insert into notes (id, body) values (" + (9_300_000 + i) + ", 'back')");
      }
      try (Statement delete = connection.createStatement();
          ResultSet rows =
              delete.executeQuery("delete from notes where body = 'back' returning id")) {
        int count = 0;
        while (rows.next()) {
          count++;
        }
        assertThat(count).isEqualTo(10);
      }
      assertThat(front.shardsWith("notes", "body = 'back'")).isEmpty();
    }
  }
}
