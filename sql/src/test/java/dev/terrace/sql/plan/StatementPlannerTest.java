package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class StatementPlannerTest {

  private final StatementPlanner four = Shop.planner(4);
  private final StatementPlanner one = Shop.planner(1);

  @Test
  void anUnknownStoreIsABug() {
    assertThatThrownBy(() -> new StatementPlanner(Shop.file(1), "nowhere"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void semicolonsInStringsCommentsAndBodiesEndNothing() {
    String text =
        "select ';'; select $$ ; $$ /* ; /* ; */ */ ; -- ;\n"
            + " select E'\\';' ; select \";\";; create rule r as on insert to t do (select 1; select 2);"
            + " create function f() returns int begin atomic select case when a then 1 end; end;"
            + " select 1";
    assertThat(four.planAll(text).stream().map(p -> p.sql().strip()))
        .containsExactly(
            "select ';'",
            "select $$ ; $$ /* ; /* ; */ */",
            "-- ;\n select E'\\';'",
            "select \";\"",
            "create rule r as on insert to t do (select 1; select 2)",
            "create function f() returns int begin atomic select case when a then 1 end; end",
            "select 1");
  }

  @Test
  void emptyTextHoldsNoStatement() {
    assertThat(four.planAll("")).isEmpty();
    assertThat(four.planAll(" ; /* x */ ;")).isEmpty();
    assertThat(four.planAll("/* x */")).isEmpty();
    assertThat(four.plan("").kind()).isEqualTo(StatementKind.EMPTY);
    assertThat(four.planAll("")).isEmpty();
  }

  @Test
  void severalStatementsCannotBePrepared() {
    assertThat(four.plan("select 1; delete from users").route(Parameters.NONE))
        .isInstanceOfSatisfying(
            Routing.Refused.class, r -> assertThat(r.sqlState()).isEqualTo("42601"));
    assertThat(four.plan("select 1;").kind()).isEqualTo(StatementKind.READ);
  }

  @Test
  void withOneShardEverythingGoesThere() {
    for (String sql :
        List.of("select count(*) from anything", "select * from users order by 1", "select 1")) {
      assertThat(one.plan(sql).route(Parameters.NONE))
          .isEqualTo(new Routing.One(0, true, "the store has one shard"));
    }
    for (String sql :
        List.of("merge into a using b on x", "garbage", "select 'open", "select my_function()")) {
      assertThat(one.plan(sql).route(Parameters.NONE))
          .as(sql)
          .isInstanceOfSatisfying(Routing.One.class, o -> assertThat(o.readOnly()).isFalse());
    }
  }

  @Test
  void knowsWhatFunctionsLeaveBehind() {
    assertThat(one.plan("select 1 into temp t").residue()).isEqualTo(Residue.HELD);
    assertThat(one.plan("select setseed(0.1)").residue()).isEqualTo(Residue.INDELIBLE);
    assertThat(one.plan("select lastval(), f(1)").residue()).isEqualTo(Residue.RECALLS);
    assertThat(one.plan("select lower(f(1))").residue()).isEqualTo(Residue.UNKNOWN);
    assertThat(one.plan("select lower('A'), nextval('s')").residue()).isEqualTo(Residue.NOTHING);
    assertThat(one.plan("lock table t").residue()).isEqualTo(Residue.NOTHING);
    String merge =
        "merge into t using (values (1, lower('A'))) as v (a, b) on t.a = v.a when matched then"
            + " update set b = %s when not matched then insert (a, b) values (v.a, v.b)";
    assertThat(one.plan(merge.formatted("upper(v.b)")).residue()).isEqualTo(Residue.NOTHING);
    assertThat(one.plan(merge.formatted("f(v.b)")).residue()).isEqualTo(Residue.UNKNOWN);
    assertThat(one.plan(merge.formatted("s.upper(v.b)")).residue()).isEqualTo(Residue.UNKNOWN);
    assertThat(one.plan("select set_config('a', 'b', false)").residue()).isEqualTo(Residue.NOTHING);
    assertThat(one.plan("select set_config('a', b, false) from t").residue())
        .isEqualTo(Residue.HELD);
  }

  @Test
  void knowsWhatWillStayInTheSession() {
    assertThat(one.plan("create temp table t (a int)").holdsSession()).isTrue();
    assertThat(one.plan("listen a").holdsSession()).isTrue();
    assertThat(one.plan("select pg_advisory_lock(1)").holdsSession()).isTrue();
    assertThat(one.plan("declare c cursor with hold for select 1").holdsSession()).isTrue();
    assertThat(one.plan("declare c cursor for select 1").holdsSession()).isFalse();
    assertThat(one.plan("prepare p as select 1").holdsSession()).isTrue();
    assertThat(one.plan("select 1").holdsSession()).isFalse();
    assertThat(one.plan("begin read only").readOnlyTransaction()).isTrue();
    assertThat(one.plan("begin").readOnlyTransaction()).isFalse();
    assertThat(one.plan("discard all").command()).isEqualTo("DISCARD");
  }

  @Test
  void tellsTablesAndParameters() {
    Plan plan =
        four.plan("select * from users u join orders o on o.user_id = u.id where u.id = $2");
    assertThat(plan.tables()).containsExactly("users", "orders");
    assertThat(plan.parameterCount()).isEqualTo(2);
    assertThat(plan.needsParameters()).isTrue();
    assertThat(four.plan("select $1::int from products").needsParameters()).isFalse();
  }

  @Test
  void textsWithoutConstantsAreKeptWhole() {
    String sql = "select * from users where id = $1";
    assertThat(four.plan(sql)).isSameAs(four.plan(String.join("", sql.split(""))));
  }

  @Test
  void aHugeListStaysLinear() {
    String list =
        LongStream.range(0, 100_000).mapToObj(Long::toString).collect(Collectors.joining(", "));
    long start = System.nanoTime();
    assertThat(four.plan("select * from users where id in (" + list + ")").route(Parameters.NONE))
        .isInstanceOf(Routing.All.class);
    String rows =
        LongStream.range(0, 20_000)
            .mapToObj(i -> "(7, " + i + ")")
            .collect(Collectors.joining(","));
    assertThat(four.plan("insert into users (id, n) values " + rows).route(Parameters.NONE))
        .isInstanceOf(Routing.One.class);
    // A bound that only something quadratic could miss.
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
  }

  @Test
  void deepNestingIsRefusedAndQuick() {
    String deep = "(".repeat(100_000) + "1" + ")".repeat(100_000);
    for (String sql :
        List.of(
            "select " + deep,
            "select * from " + deep,
            "select " + "- ".repeat(100_000) + "1",
            "select 1" + "::int".repeat(100_000),
            "select " + "not ".repeat(100_000) + "true",
            "select " + "case when ".repeat(100_000),
            "select * from users" + " join users on true".repeat(10_000),
            "select " + "array[".repeat(100_000))) {
      assertThat(four.plan(sql).route(Parameters.NONE)).isNotNull();
    }
    String half = "(".repeat(60) + "1" + ")".repeat(60);
    assertThat(four.plan("select " + half).kind()).isEqualTo(StatementKind.READ);
  }

  @Test
  void theCacheIsBounded() {
    Generations<Integer> kept = new Generations<>(100);
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      kept.put("k" + random.nextInt(5000), i);
      kept.get("k" + random.nextInt(5000));
      assertThat(kept.size()).isLessThanOrEqualTo(102);
    }
    kept.put("a", 1);
    assertThat(kept.get("a")).isEqualTo(1);
  }
}
