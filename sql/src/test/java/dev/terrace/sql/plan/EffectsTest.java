package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What statements change, as far as they say. */
final class EffectsTest {

  static List<String> cases() {
    return List.of(
        "nothing | select * from users",
        "nothing | select * from users for update",
        "nothing | select nextval('s'), pg_notify('a', 'b')",
        "nothing | lock table users",
        "nothing | notify news",
        "nothing | prepare p as delete from users",
        "nothing | begin",
        "nothing | set search_path = a",
        "nothing | copy users to stdout",
        "nothing | declare c cursor for select * from users",
        "users | update users set name = 'x' where id = 1",
        "orders | insert into orders (user_id) select id from users",
        "items orders | with d as (delete from orders returning *) insert into items select * from d",
        "users | explain analyze delete from users",
        "users | copy users from stdin",
        "users | copy users (id) from stdin csv",
        "audit.log | insert into audit.log values (1)",
        "unheard.of | delete from unheard.of",
        "any table | select mine(1)",
        "any table | update users set name = 'x' where mine(id)",
        "any table | copy (select mine(1)) to stdout",
        "any table | declare c cursor for select mine(1)",
        "any table | truncate users",
        "any table | merge into users u using orders o on u.id = o.user_id when matched then delete",
        "any table | execute p",
        "schema | create table fresh (id int)",
        "schema | select * into fresh from users",
        "schema | refresh materialized view v",
        "schema | do 'begin end'",
        "schema | call mine()",
        "schema | commit prepared 'x'",
        "schema | update pg_class set relname = 'x'",
        "schema | what is this");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsChanged(String line) {
    String expected = line.substring(0, line.indexOf('|')).strip();
    String sql = line.substring(line.indexOf('|') + 1).strip();
    Effects effects = Shop.planner(1).plan(sql).effects();
    String told =
        switch (effects.beyond()) {
          case ANY_TABLE -> "any table";
          case SCHEMA -> "schema";
          case NOTHING ->
              effects.isHarmless()
                  ? "nothing"
                  : effects.writes().stream().sorted().collect(Collectors.joining(" "));
        };
    assertThat(told).isEqualTo(expected);
  }
}
