package dev.terrace.app.reshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.app.server.Terrace;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.Address;
import dev.terrace.engines.postgresql.PostgresReshard;
import dev.terrace.kv.data.EngineSettings;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Terrace that was killed in the midst of a cut-over leaves, and the next one finds. */
class RecoveryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private final PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(2, 0));
  private final int sqlPort = FreePorts.one();

  @BeforeEach
  void create() throws SQLException {
    for (int shard = 0; shard < 2; shard++) {
      cluster
          .primary(shard)
          .execute("create table orders (id bigint primary key, customer bigint)");
    }
    cluster.primary(0).execute("insert into orders select g, g from generate_series(1, 1000) g");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private Path write(String name, String shard, int shards) throws IOException {
    StringBuilder servers = new StringBuilder();
    for (int i = 0; i < shards; i++) {
      servers.append("      - {primary: \"").append(cluster.primary(i).address()).append("\"}\n");
    }
    Path file = folder.resolve(name);
    Files.writeString(
        file,
        """
        listen: {sql: "127.0.0.1:%d"}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            health: {every: 100ms}
            shards:
        %stables:
          orders: {store: shop, shard: %s}
          later: {store: shop, shard: {hash: id, at: {"42": 0, "7": 0, "1": 0, "99": 0}}}
        """
            .formatted(sqlPort, servers, shard));
    return file;
  }

  private static TerraceConfig load(Path file) {
    return ConfigFile.load(file, Map.of()).orThrow();
  }

  private String ask(String sql) {
    try (Connection direct = cluster.primary(0).connect();
        Statement statement = direct.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "no row";
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** As far as the moment at which the file is replaced. */
  private void leave(TerraceConfig now, TerraceConfig next) throws Exception {
    ReshardPlan plan = ReshardPlan.of(now, next);
    assertThat(plan.id()).isEqualTo(ReshardPlan.id(next, "shop"));
    PostgresReshard steps =
        new PostgresReshard(
            EngineSettings.of(
                "shop", Objects.requireNonNull(next.stores().get("shop")), PATIENCE, PATIENCE, 1),
            plan.id());
    Address primary = Address.parse(cluster.primary(0).address());
    ReshardPlan there = plan.without(java.util.Set.of("later"));
    steps.source(primary).hash(there.losing(0));
    steps.farewell(primary, there.losing(0), 0).close();
    assertThat(ask("select count(*) from pg_prepared_xacts")).isEqualTo("1");
    assertThat(ask("select count(*) from orders")).isEqualTo("1000");
  }

  @Test
  void whatHasLeftIsRemovedIfTheNewFileIsServed() throws Exception {
    Path next = write("next.yaml", "hash(customer)", 2);
    leave(load(write("shop.yaml", "single", 1)), load(next));
    try (Terrace terrace = Terrace.start(load(next), next)) {
      terrace.awaitReady();
      Await.until(
          "the deletion is ended",
          PATIENCE,
          () -> ask("select count(*) from pg_prepared_xacts").equals("0"));
    }
    assertThat(Integer.parseInt(ask("select count(*) from orders"))).isBetween(300, 700);
  }

  @Test
  void itStaysWhereTheOldFileIsServed() throws Exception {
    Path served = write("shop.yaml", "single", 1);
    leave(load(served), load(write("next.yaml", "hash(customer)", 2)));
    try (Terrace terrace = Terrace.start(load(served), served)) {
      terrace.awaitReady();
      assertThat(ask("select count(*) from orders")).isEqualTo("1000");
    }
    assertThat(ask("select count(*) from pg_prepared_xacts"))
        .as("for whoever goes on with it or undoes it")
        .isEqualTo("1");
  }
}
