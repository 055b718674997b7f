package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that several shards answer together, and what is refused. */
final class SeveralShardsTest extends FrontTest {

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "");
  }

  private static void refused(Connection connection, String sql, String state) {
    assertThatThrownBy(
            () -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
              }
            })
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepareThreshold=0", "prepareThreshold=1", "preferQueryMode=simple"})
  void rowsOfAllShardsComeTogether(String options) throws Exception {
    front.replicasHold(Duration.ZERO);
    try (Connection connection = front.connect(options)) {
      for (int round = 0; round < 3; round++) {
        try (PreparedStatement select = connection.prepareStatement("select id, name from users");
            ResultSet rows = select.executeQuery()) {
          int count = 0;
          while (rows.next()) {
            assertThat(rows.getString(2)).isNotEmpty();
            count++;
          }
          assertThat(count).isEqualTo(300);
        }
        try (PreparedStatement some =
            connection.prepareStatement("select id from users where id in (?, ?, ?, ?)")) {
          for (int i = 1; i <= 4; i++) {
            some.setLong(i, i);
          }
          int count = 0;
          try (ResultSet rows = some.executeQuery()) {
            while (rows.next()) {
              count++;
            }
          }
          assertThat(count).isEqualTo(4);
        }
      }
      assertThat(ask(connection, "select name from users where id = 1")).isNotEmpty();
    }
  }

  @Test
  void writesOnAllShardsCountTogether() throws Exception {
    try (Connection connection = front.connect()) {
      for (int i = 0; i < 20; i++) {
        run(connection, "insert into notes (id, body) values (" + (9_000_000 + i) + ", 'many')");
      }
      assertThat(run(connection, "update notes set body = 'all' where body = 'many'"))
          .isEqualTo(20);
      assertThat(front.shardsWith("notes", "body = 'all'")).isEqualTo("01");
      try (PreparedStatement delete =
          connection.prepareStatement("delete from notes where body = ?")) {
        delete.setString(1, "all");
        assertThat(delete.executeUpdate()).isEqualTo(20);
      }
      assertThat(front.shardsWith("notes", "body = 'all'")).isEmpty();
    }
  }

  @Test
  void aReferenceTableIsWrittenEverywhereAndReadAnywhere() throws Exception {
    try (Connection connection = front.connect()) {
      assertThat(run(connection, "insert into labels (id, text) values (1, 'one')")).isEqualTo(1);
      assertThat(front.shardsWith("labels", "id = 1")).isEqualTo("01");
      assertThat(ask(connection, "select text from labels where id = 1")).isEqualTo("one");
      assertThat(ask(connection, "update labels set text = 'uno' where id = 1 returning text"))
          .isEqualTo("uno");
      assertThat(run(connection, "delete from labels where id = 1")).isEqualTo(1);
      assertThat(front.shardsWith("labels", "id = 1")).isEmpty();
    }
  }

  @Test
  void aWriteThatOneShardRefusesIsOnNone() throws Exception {
    front.cluster().primary(1).execute("insert into labels (id, text) values (77, 'in the way')");
    try (Connection connection = front.connect()) {
      refused(connection, "insert into labels (id, text) values (77, 'new')", "23505");
      assertThat(front.shardsWith("labels", "text = 'new'")).isEmpty();
      assertThat(ask(connection, "select 1")).isEqualTo("1");
    } finally {
      front.cluster().primary(1).execute("delete from labels");
    }
  }

  @Test
  void aCommitThatOneShardRefusesIsOnNone() throws Exception {
    front
        .cluster()
        .primary(1)
        .execute(
            "create function refuse() returns trigger language plpgsql as"
                + " $$ begin raise exception 'not at commit'; end $$;"
                + "create constraint trigger late after insert on labels"
                + " deferrable initially deferred for each row execute function refuse()");
    try (Connection connection = front.connect()) {
      assertThatThrownBy(() -> run(connection, "insert into labels (id, text) values (88, 'x')"))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("P0001");
                assertThat(e.getMessage()).contains("not at commit");
              });
      assertThat(front.shardsWith("labels", "id = 88")).isEmpty();
      front.configure("across-shards: one-by-one", "{from: replicas}");
      assertThatThrownBy(() -> run(connection, "insert into labels (id, text) values (88, 'x')"))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("08007");
                assertThat(e.getMessage()).contains("shards [0]", "not at commit");
              });
      assertThat(front.shardsWith("labels", "id = 88")).isEqualTo("0");
    } finally {
      front.configure("", "{from: replicas}");
      front.cluster().primary(1).execute("drop function refuse cascade");
      front.cluster().primary(0).execute("delete from labels");
    }
  }

  @Test
  void aLimitOfRowsCountsOverAllShards() throws Exception {
    try (Connection connection = front.connect();
        Statement select = connection.createStatement()) {
      for (int limit : new int[] {1, 7, 299, 300, 1000}) {
        select.setMaxRows(limit);
        int count = 0;
        try (ResultSet rows = select.executeQuery("select id from users")) {
          while (rows.next()) {
            count++;
          }
        }
        assertThat(count).isEqualTo(Math.min(limit, 300));
      }
    }
  }

  @Test
  void schemaChangesGoToAllShards() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=1")) {
      run(connection, "create table fresh (id bigint primary key)");
      try {
        for (int shard = 0; shard < 2; shard++) {
          assertThat(
                  TestFront.askServer(front.cluster().primary(shard), "select count(*) from fresh"))
              .isEqualTo("0");
        }
        refused(connection, "create table fresh (id bigint)", "42P07");
      } finally {
        run(connection, "drop table fresh");
      }
    }
  }

  @Test
  void whatWouldBeWrongIsRefused() throws Exception {
    try (Connection connection = front.connect()) {
      refused(connection, "select row_number() over (order by name) from users", "0A000");
      refused(
          connection, "select * from users where id = 1 or exists (select 1 from orders)", "0A000");
      connection.setAutoCommit(false);
      run(connection, "update users set name = name where id = 1");
      refused(connection, "select id from users intersect select user_id from orders", "0A000");
      connection.rollback();
    }
    try (Connection connection = front.connect("preferQueryMode=simple")) {
      refused(
          connection,
          "select 1 from users where id = 1; select 1 from users where id = 2;"
              + " select 1 from users where id = 3",
          "0A000");
      assertThat(ask(connection, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void readsOfAllShardsMayStandInATransactionThatHasNoShardYet() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      assertThat(ask(connection, "select 'x' from users")).isEqualTo("x");
      assertThat(ask(connection, "select version()")).contains("PostgreSQL");
      run(connection, "insert into notes (id, body) values (9100001, 'tx')");
      connection.rollback();
      assertThat(front.shardsWith("notes", "id = 9100001")).isEmpty();
    }
  }

  @Test
  void anErrorOnOneShardEndsTheStatementAndNotTheSession() throws Exception {
    try (Connection connection = front.connect()) {
      refused(connection, "select 1 / (id - 3) from users", "22012");
      assertThat(ask(connection, "select 2")).isEqualTo("2");
      connection.setAutoCommit(false);
      refused(connection, "select 1 / (id - 3) from users", "22012");
      connection.rollback();
    }
  }
}
