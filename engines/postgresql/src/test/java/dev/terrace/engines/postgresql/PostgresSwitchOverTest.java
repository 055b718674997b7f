package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.StoreSettings;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The steps of a failover, with no more rights than docs/guide/operate.md asks for. */
class PostgresSwitchOverTest {

  private static final StoreSettings ORDINARY =
      new StoreSettings(
          "shop", "shop", "plain", "plain", Duration.ofSeconds(30), Duration.ofSeconds(2), 1);

  private static PostgresCluster cluster;

  private final PostgresSwitchOver steps = new PostgresSwitchOver(ORDINARY);
  private final Address primary = Address.parse(cluster.primary(0).address());
  private final Address replica = Address.parse(cluster.replica(0, 0).address());
  private final Address other = Address.parse(cluster.replica(0, 1).address());

  @BeforeAll
  static void start() throws Exception {
    cluster = PostgresCluster.start(PostgresSpec.of(1, 2));
    cluster
        .primary(0)
        .execute("create table t (n int); create role plain login password 'plain'");
    cluster.primary(0).execute("grant insert on t to plain");
    cluster.awaitReplicas();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static String ask(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private interface Step {
    void run() throws EngineFailure;
  }

  private static void denied(Step step, String right) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            EngineFailure.class,
            e -> assertThat(e.reason()).contains("permission denied", "plain", right));
  }

  @Test
  void whatRightIsLackingIsSaidAndWhatTheGuideGrantsIsEnough() throws Exception {
    denied(() -> steps.fence(primary), "GRANT ALTER SYSTEM ON PARAMETER");
    denied(() -> steps.promote(replica, Duration.ofSeconds(10)), "GRANT EXECUTE ON FUNCTION");
    denied(() -> steps.repoint(other, replica), "primary_conninfo");
    cluster
        .primary(0)
        .execute(
            "grant pg_monitor, pg_signal_backend to plain;"
                + "grant execute on function pg_promote(boolean, integer), pg_reload_conf() to plain;"
                + "grant alter system on parameter default_transaction_read_only, primary_conninfo"
                + " to plain");
    cluster.awaitReplicas();

    LogMark end = steps.fence(primary);
    assertThat(end.timeline()).isEqualTo(1);
    assertThatThrownBy(() -> cluster.primary(0).execute("insert into t values (1)"))
        .hasMessageContaining("read-only");
    steps.unfence(primary);
    Await.until("it takes writes again", () -> writes(cluster.primary(0)));

    steps.fence(primary);
    steps.promote(replica, Duration.ofSeconds(30));
    assertThat(ask(cluster.replica(0, 0), "select pg_is_in_recovery()")).isEqualTo("f");
    steps.repoint(other, replica);
    Await.until(
        "the other follows",
        () -> {
          try {
            return ask(
                    cluster.replica(0, 1),
                    "select received_tli from pg_stat_wal_receiver where status = 'streaming'")
                .equals("2");
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(writes(cluster.replica(0, 0))).isTrue();
  }

  private static boolean writes(PostgresServer server) {
    try {
      server.execute("insert into t values (1)");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
