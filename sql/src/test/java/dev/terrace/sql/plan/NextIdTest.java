package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NextIdTest {

  private final StatementPlanner planner = Shop.planner(3);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into users (id, x) values (terrace.next_id(), 1)",
        "INSERT INTO users (id, x) VALUES (Terrace.Next_Id(), 1), (terrace . next_id ( ), $1)"
            + " ON CONFLICT DO NOTHING RETURNING id",
        "insert into users (id, x) values (terrace.next_id(), extract(year from now()))",
        "select terrace.next_id()",
        "select 1, terrace.next_id() + 1, abs(terrace.next_id()) as b"
      })
  void callsThatAreEvaluatedOnceAreFilled(String sql) {
    Plan plan = planner.plan(sql);
    assertThat(plan.numbers()).isPositive();
    assertThat(plan.isWhole()).isFalse();
    String filled = NextId.filled(sql, List.of(41L, 42L).subList(0, plan.numbers()));
    Plan again = planner.plan(filled);
    assertThat(again.isWhole()).as(filled).isTrue();
    assertThat(again.route(Parameters.NONE)).as(filled).isNotInstanceOf(Routing.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into users (id) select terrace.next_id() from orders where user_id = 1",
        "insert into users (id) select terrace.next_id()",
        "insert into users (id) values (1) on conflict (id) do update set x = terrace.next_id()",
        "insert into users (id) values (1) returning terrace.next_id()",
        "insert into users (id) values ((select terrace.next_id()))",
        "update users set x = terrace.next_id() where id = 1",
        "select terrace.next_id() from users where id = 1",
        "select 1 union select terrace.next_id()",
        "with a as (select terrace.next_id()) select 1",
        "values (terrace.next_id())",
        "create table t (id bigint default terrace.next_id())",
        "prepare p as insert into users (id) values (terrace.next_id())",
        "explain insert into users (id) values (terrace.next_id())"
      })
  void callsThatOneNumberCannotStandForAreRefused(String sql) {
    assertThat(planner.plan(sql).route(Parameters.NONE))
        .isInstanceOfSatisfying(
            Routing.Refused.class,
            refused -> assertThat(refused.message()).startsWith("terrace.next_id() can stand in"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 'terrace.next_id()'",
        "select * from terrace.next_id",
        "select next_id()",
        "select terrace.next_id(1)"
      })
  void whatIsNoCallIsLeftAlone(String sql) {
    assertThat(planner.plan(sql).numbers()).isZero();
  }

  @Test
  void theTextHasNumbersInPlaceOfTheCalls() {
    assertThat(NextId.filled("select terrace.next_id(), f(terrace.next_id()) x", List.of(7L, 8L)))
        .isEqualTo("select 7 AS next_id, f(8) x");
    assertThat(NextId.filled("select terrace.next_id() -- x", List.of(7L)))
        .isEqualTo("select 7 AS next_id -- x");
    assertThat(NextId.described("insert into users (id) values (terrace.next_id())"))
        .isEqualTo("insert into users (id) values (NULL::pg_catalog.int8)");
  }
}
