package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CoordinableTest {

  private final TerraceConfig file = Shop.file(4, "coordinator: {database: shop_all}");
  private final StatementPlanner planner = new StatementPlanner(file, "shop");

  private Routing route(String sql) {
    return planner.plan(sql).route(Parameters.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from users u join orders o on o.total = u.age",
        "select * from users where id in (select user_id from orders)",
        "select id, row_number() over (order by id) from users",
        "with big as (select * from orders where total > 9) select count(*) from big",
        "select id from users intersect select user_id from orders",
        "select distinct on (age) id from users order by age, id",
        "select age, count(*) from users group by rollup (age)",
        "select * from settings s join users u on u.age = s.id",
        "select u.id, now() from users u join orders o on o.total = u.age fetch first 3 rows only",
        "explain select * from users u join orders o on o.total = u.age"
      })
  void readsThatNeedRowsTogetherGoToTheCoordinator(String sql) {
    assertThat(route(sql)).as(sql).isInstanceOf(Routing.Coordinated.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from users where id in (select user_id from orders) for update",
        "select mine(id) from users where id in (select user_id from orders)",
        "select random() from users where id in (select user_id from orders)",
        "select current_database() from users where id in (select user_id from orders)",
        "select xmin from users where id in (select user_id from orders)",
        "select * from only users where id in (select user_id from orders)",
        "select * from users u join pg_class c on c.relname = u.name where u.id in (select user_id"
            + " from orders)",
        "select 'users'::regclass from users where id in (select user_id from orders)",
        "delete from users where id in (select user_id from orders)",
        "select * from users u join strangers s on s.id = u.age"
      })
  void whatTheCoordinatorWouldAnswerInAnotherWayIsRefused(String sql) {
    assertThat(route(sql)).as(sql).isInstanceOf(Routing.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from users where id = 1",
        "select * from users",
        "select count(*) from orders group by status",
        "select * from users u join orders o on o.user_id = u.id",
        "select * from users where id = 3 and id in (select user_id from orders where user_id = 3)"
      })
  void whatShardsCanDoByThemselvesStaysThere(String sql) {
    assertThat(route(sql)).as(sql).isNotInstanceOf(Routing.Coordinated.class);
    assertThat(route(sql)).as(sql).isNotInstanceOf(Routing.Refused.class);
  }

  @Test
  void explainSaysThatAndWhy() {
    Pools pools = new Pools();
    pools.configure(PoolSpecs.of(file));
    assertThat(
            SqlExplain.explain(
                    file, pools, "select * from users where id in (select user_id from orders)")
                .steps())
        .anyMatch(s -> s.choice().equals("coordinator") && s.reason().contains("subquery"))
        .anyMatch(s ->
            s.choice().equals("database shop_all")
                && s.reason().equals("on the first shard's primary"));
  }
}
