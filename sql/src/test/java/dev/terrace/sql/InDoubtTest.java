package dev.terrace.sql;

import static dev.terrace.sql.TestFront.askServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a Terrace leaves behind that is killed while it commits over two shards, at each step: what
 * servers then hold is made here by hand, and another Terrace finds it.
 */
final class InDoubtTest extends FrontTest {

  private static final String NAME = "terrace_dead_";

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "in-doubt-every: 50ms");
    for (int shard = 0; shard < 2; shard++) {
      server(shard)
          .execute(
              "create schema if not exists terrace; create table if not exists terrace.decision"
                  + " (name text primary key, committed boolean not null, at timestamptz not null"
                  + " default clock_timestamp())");
    }
  }

  private static PostgresServer server(int shard) {
    return front.cluster().primary(shard);
  }

  @AfterEach
  void empty() throws SQLException {
    for (int shard = 0; shard < 2; shard++) {
      server(shard).execute("delete from notes where body like 'doubt%'");
    }
  }

  private static void prepare(String which, long id) throws SQLException {
    try (Connection direct = server(1).connect();
        Statement statement = direct.createStatement()) {
      statement.execute("begin");
      statement.execute("insert into notes (id, body) values (" + id + ", 'doubt')");
      statement.execute("prepare transaction '" + NAME + which + "_0_1'");
    }
  }

  private static void awaitEnded(String which) {
    Await.until(
        "no part is prepared",
        () -> {
          try {
            return askServer(
                    server(1),
                    "select count(*) from pg_prepared_xacts where gid = '" + NAME + which + "_0_1'")
                .equals("0");
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void partsWithoutADecisionAreRolledBack() throws Exception {
    prepare("a", 90_000_001);
    awaitEnded("a");
    assertThat(front.shardsWith("notes", "body = 'doubt'")).isEmpty();
    assertThat(
            askServer(
                server(0), "select committed from terrace.decision where name = '" + NAME + "a_0'"))
        .as("nobody can decide otherwise any more")
        .isEqualTo("f");
  }

  @Test
  void partsOfADecidedTransactionAreCommitted() throws Exception {
    server(0)
        .execute(
            "insert into notes (id, body) values (90000002, 'doubt');"
                + "insert into terrace.decision (name, committed) values ('"
                + NAME
                + "b_0', true)");
    prepare("b", 90_000_003);
    awaitEnded("b");
    assertThat(front.shardsWith("notes", "body = 'doubt'")).isEqualTo("01");
  }

  @Test
  void aTransactionThatIsStillDecidingIsWaitedFor() throws Exception {
    for (boolean commits : new boolean[] {true, false}) {
      String which = commits ? "c" : "d";
      try (Connection deciding = server(0).connect();
          Statement statement = deciding.createStatement()) {
        statement.execute("begin");
        statement.execute(
            "insert into terrace.decision (name, committed) values ('"
                + NAME
                + which
                + "_0', true)");
        prepare(which, commits ? 90_000_004 : 90_000_005);
        Await.until(
            "somebody waits for the decision",
            () -> {
              try {
                return askServer(
                        server(0),
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and"
                            + " query like '%terrace.decision%'")
                    .equals("1");
              } catch (SQLException e) {
                throw new AssertionError(e);
              }
            });
        statement.execute(commits ? "commit" : "rollback");
      }
      awaitEnded(which);
      assertThat(front.shardsWith("notes", "body = 'doubt'")).isEqualTo("1");
    }
  }
}
