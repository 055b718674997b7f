package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes to replicas because the client says that it only reads. */
final class ReadOnlyTest extends FrontTest {

  private static final String WHO =
      "select pg_is_in_recovery() from (select count(*) from users where id = 1) u";

  @BeforeAll
  static void start() throws Exception {
    front =
        TestFront.over(
            TestFront.sharedCluster(),
            "read-only-functions: [note_count, public.note_count]",
            "{from: replicas, max-lag: 10s}",
            2);
    for (int shard = 0; shard < front.cluster().shards(); shard++) {
      front
          .cluster()
          .primary(shard)
          .execute(
              "create or replace function note_count() returns boolean language sql volatile"
                  + " as 'select pg_is_in_recovery() from (select count(*) from notes) n';"
                  + "create or replace function other_count() returns boolean language sql volatile"
                  + " as 'select pg_is_in_recovery() from (select count(*) from notes) n'");
    }
    front.cluster().awaitReplicas();
  }

  @BeforeEach
  void replicasAreClose() {
    front.replicasHold(Duration.ZERO);
  }

  private static void transaction(Connection connection, String where, String... before)
      throws SQLException {
    for (String statement : before) {
      run(connection, statement);
    }
    assertThat(ask(connection, WHO)).as(String.join("; ", before)).isEqualTo(where);
    run(connection, "commit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=1"})
  void readOnlyTransactionsGoToReplicas(String options) throws Exception {
    try (Connection connection = front.connect(options)) {
      transaction(connection, "f", "begin");
      transaction(connection, "t", "begin read only");
      transaction(connection, "t", "start transaction isolation level repeatable read, read only");
      transaction(connection, "t", "begin", "set transaction read only");
      transaction(connection, "f", "begin read only", "set transaction read write");
      transaction(connection, "f", "begin isolation level serializable read only");
      transaction(
          connection, "f", "begin isolation level serializable", "set transaction read only");
      run(connection, "set default_transaction_read_only = on");
      transaction(connection, "t", "begin");
      transaction(connection, "f", "begin read write");
      run(connection, "set default_transaction_read_only to off");
      transaction(connection, "f", "begin");
      run(connection, "set session characteristics as transaction read only");
      transaction(connection, "t", "begin");
      run(connection, "set session characteristics as transaction read write");
      transaction(connection, "f", "begin");
      run(connection, "set default_transaction_isolation = 'serializable'");
      assertThat(ask(connection, WHO)).as("no replica is serializable").isEqualTo("f");
    }
  }

  @Test
  void driversSayItInTheirOwnWays() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(ask(connection, WHO)).isEqualTo("t");
      connection.commit();
      connection.setReadOnly(false);
      assertThat(ask(connection, WHO)).isEqualTo("f");
      connection.commit();
    }
    try (Connection connection = front.connect("readOnlyMode=always&readOnly=true")) {
      assertThat(ask(connection, "select other_count() from users where id = 1")).isEqualTo("t");
      assertThatThrownBy(() -> run(connection, "update users set name = 'x' where id = 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }
    try (Connection connection = front.connect("options=-c%20default_transaction_read_only=on")) {
      assertThat(ask(connection, "select other_count() from users where id = 1")).isEqualTo("t");
    }
  }

  @Test
  void authorsVouchForWhatCannotBeProven() throws Exception {
    try (Connection connection = front.connect()) {
      String of = "() from users where id = 1";
      assertThat(ask(connection, "select other_count" + of)).isEqualTo("f");
      // That may have been a write, for all that is known.
      front.replicasHold(Duration.ZERO);
      assertThat(ask(connection, "/* terrace: replica */ select other_count" + of)).isEqualTo("t");
      assertThat(ask(connection, "select note_count" + of)).as("by the file").isEqualTo("t");
      assertThat(ask(connection, "select public.note_count" + of)).isEqualTo("t");
      assertThat(ask(connection, "/* terrace: primary */ select note_count" + of)).isEqualTo("f");
      assertThatThrownBy(() -> ask(connection, "select note_count()"))
          .as("it would read one shard's rows alone")
          .hasMessageContaining("note_count may read tables");
      for (String wrong :
          new String[] {
            "/* terrace: replica */ update users set name = 'x' where id = 1",
            "/* terrace: replica */ /* terrace: primary */ select 1"
          }) {
        assertThatThrownBy(() -> run(connection, wrong))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
      }
    }
  }
}
