package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Explanation.Step;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SqlExplainTest {

  private final TerraceConfig file = Shop.file(4);
  private final Pools pools = new Pools();

  SqlExplainTest() {
    pools.configure(PoolSpecs.of(file));
  }

  private List<Step> explain(String sql) {
    return SqlExplain.explain(file, pools, sql).steps();
  }

  @Test
  void aReadGoesToAReplicaOfItsShard() {
    pools
        .get("shop/3/replicas")
        .setHealth("127.0.0.1:5531", MemberState.DOWN, "connection refused");
    assertThat(explain("select * from orders where user_id = 7"))
        .containsExactly(
            new Step("sql", "store", "shop", "serves the SQL front"),
            new Step("sql", "statement", "READ", "orders"),
            new Step("sql", "shard", "3", "orders.user_id: hash(7) is 3 of 0 to 3"),
            new Step(
                "sql",
                "role",
                "replica",
                "it provably changes nothing; the primary serves it if no replica can"),
            new Step("sql", "pool", "shop/3/replicas", "127.0.0.1:5531 down"));
  }

  @Test
  void aWriteWithoutAKeyGoesToAllPrimaries() {
    assertThat(explain("delete from users"))
        .contains(new Step("sql", "pool", "shop/0/primary", "127.0.0.1:5500 up"))
        .contains(new Step("sql", "pool", "shop/3/primary", "127.0.0.1:5530 up"))
        .anyMatch(s -> s.subject().equals("gather") && s.choice().equals("concatenate"));
  }

  @Test
  void aRefusalSaysWhatWouldWork() {
    assertThat(explain("select * from users where id in (select user_id from orders)"))
        .anyMatch(s -> s.subject().equals("shard") && s.choice().equals("refused 0A000"))
        .anyMatch(s -> s.subject().equals("hint") && s.choice().contains("sharding key"));
  }

  @Test
  void whatIsSentToShardsAndAfterThemIsSaid() {
    assertThat(explain("select status, count(*) from orders group by status"))
        .anyMatch(s -> s.subject().equals("gather") && s.choice().equals("combine"))
        .anyMatch(s -> s.subject().equals("partial") && s.choice().contains("GROUP BY 1"))
        .anyMatch(s -> s.subject().equals("last") && s.choice().contains("coalesce(sum(a1), 0)"));
    assertThat(explain("select * from orders order by total limit 3 offset 2"))
        .anyMatch(s -> s.subject().equals("gather") && s.choice().equals("merge"))
        .anyMatch(s -> s.subject().equals("partial") && s.choice().endsWith("LIMIT 5"));
  }

  @Test
  void aParameterWithoutAValueIsSaid() {
    assertThat(explain("select * from users where id = $1"))
        .anyMatch(s -> s.subject().equals("parameters"));
    assertThat(explain(";")).anyMatch(s -> s.reason().equals("the text is empty"));
  }

  @Test
  void whetherAResultIsKeptIsSaid() {
    TerraceConfig kept =
        ConfigFile.parse(
                "kept.yaml",
                """
                sql: {cache: {}}
                stores:
                  shop: {engine: postgresql, database: shop, shards: [{primary: 127.0.0.1:5500}]}
                tables:
                  users: {store: shop, cache: {ttl: 10s}}
                  brands: {store: shop, cache: {ttl: 90s}}
                  orders: {store: shop}
                """,
                Map.of())
            .orThrow();
    assertThat(cache(kept, "select * from users, brands")).startsWith("kept for 10s");
    assertThat(cache(kept, "select * from brands")).startsWith("kept for 1m30s");
    assertThat(cache(kept, "/* terrace: cache 5m */ select * from orders"))
        .startsWith("kept for 5m");
    assertThat(cache(kept, "/* terrace: no-cache */ select * from users"))
        .isEqualTo("not kept: its comment says no-cache");
    assertThat(cache(kept, "select * from users, orders"))
        .isEqualTo("not kept: not all of its tables have cache, and no comment asks for it");
    assertThat(cache(kept, "select now(), id from users"))
        .isEqualTo("not kept: now depends on more than its arguments");
    assertThat(cache(kept, "select id from users where at > 'Today'"))
        .isEqualTo("not kept: it may speak of the present time");
    assertThat(cache(kept, "update users set id = 1"))
        .isEqualTo("not kept: it is not provably a read");
    assertThat(explain("select 1")).noneMatch(step -> step.subject().equals("cache"));
  }

  private String cache(TerraceConfig kept, String sql) {
    return SqlExplain.explain(kept, pools, sql).steps().stream()
        .filter(step -> step.subject().equals("cache"))
        .map(step -> step.choice() + ": " + step.reason())
        .findFirst()
        .orElseThrow();
  }
}
