package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators read of Terrace itself, by SQL. */
final class ViewsTest extends FrontTest {

  private static final String USERS =
      "users: {shop: {password: shop}, other: {password: o}}, operators: [shop]";
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestFront.sharedCluster();
    front = TestFront.over(cluster, USERS);
  }

  private static void fails(Connection connection, String sql, String state, String words) {
    assertThatThrownBy(() -> ask(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "preferQueryMode=simple",
        "preferQueryMode=extended",
        "prepareThreshold=1&binaryTransfer=true",
        "prepareThreshold=0"
      })
  void everyViewCanBeReadByAnyProtocol(String options) throws Exception {
    try (Connection connection = front.connect(options);
        Connection busy = front.connect("ApplicationName=it's%20busy")) {
      busy.setAutoCommit(false);
      ask(busy, "select 'as text', 17 from notes where id = 1");
      for (int again = 0; again < 3; again++) {
        for (String view :
            List.of("pools", "clients", "servers", "statements", "cache", "shards")) {
          assertThat(rows(connection, "select * from terrace." + view)).as(view).isNotEmpty();
        }
      }
      List<String> client =
          rows(
              connection,
              "select state, usename, application_name, query, shard is not null, client_addr"
                  + " from terrace.clients where state like 'idle in%'");
      assertThat(client)
          .containsExactly(
              "idle in transaction|shop|it's busy|select ?, ? from notes where id = ?|t|127.0.0.1");
      busy.rollback();
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getString(i));
        }
        all.add(String.join("|", row.stream().map(String::valueOf).toList()));
      }
      return all;
    }
  }

  @Test
  void allOfSqlWorksOnThem() throws Exception {
    try (Connection connection = front.connect()) {
      run(connection, "insert into notes (id, body) values (7001, 'seen')");
      assertThat(
              rows(
                  connection,
                  "select s.shard, count(*) from terrace.shards s join terrace.pools p"
                      + " on p.shard = s.shard and p.role = 'primary' and p.store = s.store"
                      + " group by 1 having count(*) = 1 order by 1 desc"))
          .containsExactly("1|1", "0|1");
      assertThat(
              rows(
                  connection,
                  "with recursive n as (select 0 shard union all select shard + 1 from n where"
                      + " shard < 3) select n.shard from n left join terrace.shards using (shard)"
                      + " where terrace.shards.store is null order by 1"))
          .containsExactly("2", "3");
      assertThat(ask(connection, "select body from notes, terrace.shards where id = 7001 limit 1"))
          .isEqualTo("seen");
      try (PreparedStatement top =
          connection.prepareStatement(
              "select query from terrace.statements where calls >= ? and query like ?"
                  + " order by total_exec_time desc limit 1")) {
        top.setLong(1, 1);
        top.setString(2, "insert into notes%");
        for (int again = 0; again < 8; again++) {
          try (ResultSet rows = top.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("insert into notes (id, body) values (?, ?)");
          }
        }
        ResultSetMetaData columns = top.getMetaData();
        assertThat(columns.getColumnTypeName(1)).isEqualTo("text");
      }
    }
  }

  @Test
  void inATransactionAndByACursorToo() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      try (PreparedStatement fetched =
          connection.prepareStatement(
              "select p.server from terrace.pools p, generate_series(1, 9)")) {
        fetched.setFetchSize(2);
        int count = 0;
        try (ResultSet rows = fetched.executeQuery()) {
          while (rows.next()) {
            count++;
          }
        }
        assertThat(count).isEqualTo(9 * cluster.servers().size());
      }
      run(connection, "insert into notes (id, body) values (7002, 'in the midst')");
      assertThat(ask(connection, "select count(*) from terrace.clients where state = 'active'"))
          .isNotEqualTo("0");
      connection.rollback();
    }
  }

  @Test
  void nothingThatClientsSendIsTakenForSql() throws Exception {
    String name = "$terrace$::json) x; drop table notes; -- \\ \" ' \u00e4\n";
    try (Connection odd = front.connect();
        Connection connection = front.connect("preferQueryMode=simple")) {
      try (PreparedStatement set =
          odd.prepareStatement("set application_name = '" + name.replace("'", "''") + "'")) {
        set.execute();
      }
      ask(odd, "select 1 as \"$terrace$\"\"'\\\"");
      assertThat(
              ask(
                  connection,
                  "select count(*) from terrace.clients where query like '%$terrace$%'"))
          .isEqualTo("1");
    }
  }

  @Test
  void onlyOperatorsMayReadThemAndNobodyMayWrite() throws Exception {
    try (Connection other = front.connect("other", "o", "");
        Connection simple = front.connect("other", "o", "preferQueryMode=simple")) {
      fails(other, "select * from terrace.clients", "42501", "terrace.clients");
      fails(simple, "select 1 from terrace.statements", "42501", "terrace.statements");
      assertThat(ask(other, "select 1")).isEqualTo("1");
    }
    try (Connection connection = front.connect();
        Connection simple = front.connect("preferQueryMode=simple")) {
      fails(connection, "delete from terrace.clients returning 1", "0A000", "only be read");
      fails(
          connection,
          "insert into notes (id, body) select 1, server from terrace.pools",
          "0A000",
          "");
      fails(connection, "select 1 from terrace.pools, pools", "0A000", "");
      fails(connection, "select n.id from terrace.pools, notes n", "0A000", "several shards");
      fails(simple, "select 1; select * from terrace.pools", "0A000", "by itself");
      fails(connection, "select nix from terrace.pools", "42703", "nix");
      assertThat(ask(connection, "select count(*) > 0 from terrace.pools")).isEqualTo("t");
    }
  }

  @Test
  void theRealTableOfTheSchemaGoesOnWorking() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      run(connection, "insert into notes (id, body) values (7003, 'of views')");
      run(connection, "insert into notes (id, body) values (7004, 'two')");
      run(connection, "insert into notes (id, body) values (7005, 'three')");
      run(connection, "insert into notes (id, body) values (7006, 'four')");
      connection.commit();
    }
    int deciding = -1;
    for (int shard = 0; shard < cluster.shards(); shard++) {
      String there = "select to_regclass('terrace.decision') is not null";
      deciding = TestFront.askServer(cluster.primary(shard), there).equals("t") ? shard : deciding;
    }
    assertThat(deciding).isNotNegative();
    try (Connection connection = front.connect("preferQueryMode=simple")) {
      // In a transaction, so that it is the primary that answers.
      connection.setAutoCommit(false);
      String read = "/* terrace: shard=" + deciding + " */ select count(*) from terrace.decision";
      assertThat(Integer.parseInt(ask(connection, read))).isNotNegative();
      connection.rollback();
    }
  }

  @Test
  void psqlShowsThem() throws Exception {
    String out =
        Wire.program(front.port(), "psql", "-X", "-A", "-t", "-c", "select * from terrace.shards");
    assertThat(out).contains("shop|0|" + cluster.primary(0).address() + "|up|");
  }
}
