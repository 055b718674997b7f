package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** How statements about Terrace's own views become statements that a server can run. */
final class ViewTextTest {

  private static final String ROWS = "[{\"store\":\"shop\"}]";

  private static String of(String sql) {
    return ViewText.of(sql, Map.of(View.SHARDS, ROWS))
        .replaceAll("shards AS \\(SELECT \\* FROM .*?\\)\\)", "ROWS");
  }

  @Test
  void theRowsStandInFrontWhateverTheStatementBeginsWith() {
    assertThat(of("select * from terrace.shards s")).isEqualTo("WITH ROWS select * from shards s");
    assertThat(of("with a as (select 1) select * from a, \"terrace\".Shards"))
        .isEqualTo("with ROWS, a as (select 1) select * from a, Shards");
    assertThat(of("WITH RECURSIVE a AS (table terrace.shards) TABLE a"))
        .isEqualTo("WITH RECURSIVE ROWS, a AS (table shards) TABLE a");
    assertThat(of("select terrace.shards.shard, x.terrace.shards from terrace . shards"))
        .isEqualTo("WITH ROWS select shards.shard, x.terrace.shards from shards");
    assertThat(of("select 'terrace.shards', 1 from terrace.shards where shard = $1"))
        .contains("'terrace.shards'", "where shard = $1");
  }

  @Test
  void noValueCanEndTheStringThatHoldsTheRows() {
    assertThatThrownBy(
            () -> ViewText.of("table terrace.shards", Map.of(View.SHARDS, "[$terrace$]")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theRealTableOfTheSchemaIsNone() {
    StatementPlanner planner = Shop.planner(2);
    assertThat(planner.plan("select * from terrace.decision").views()).isEmpty();
    assertThat(planner.plan("select * from pools").views()).isEmpty();
    assertThat(planner.plan("select * from terrace.pools, terrace.clients").views())
        .containsExactly(View.POOLS, View.CLIENTS);
    assertThat(planner.plan("select * from terrace.pools").route(Parameters.NONE))
        .isInstanceOf(Routing.AnyShard.class);
    assertThat(planner.plan("delete from terrace.pools").route(Parameters.NONE))
        .isInstanceOf(Routing.Refused.class);
  }
}
