package dev.terrace.sql.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.sql.plan.Fingerprint;
import dev.terrace.sql.plan.StatementPlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of very many statements. */
final class StatementCountsTest {

  private static final StatementPlanner PLANNER = planner();

  private static StatementPlanner planner() {
    String yaml =
        """
        stores:
          shop: {engine: postgresql, database: shop, shards: [{primary: 127.0.0.1:5501}]}
        """;
    return new StatementPlanner(ConfigFile.parse("test", yaml, Map.of()).orThrow(), "shop");
  }

  private static Fingerprint fingerprint(int number) {
    return PLANNER.plan("select a" + number + " from t where id = 1").fingerprint();
  }

  @Test
  void onlySoManyAreKeptApartAndNothingIsLost() {
    StatementCounts counts = new StatementCounts(() -> 20);
    for (int i = 0; i < 1000; i++) {
      counts.add(fingerprint(i), i % 2 == 0, 2, 10 + i, 1);
      counts.add(fingerprint(-7), false, 0, 1_000_000, 0);
    }
    List<StatementTotal> totals = counts.totals();
    assertThat(totals).hasSizeBetween(15, 21);
    assertThat(totals.stream().mapToLong(StatementTotal::calls).sum()).isEqualTo(2000);
    assertThat(totals.stream().mapToLong(StatementTotal::errors).sum()).isEqualTo(500);
    assertThat(totals.stream().mapToLong(StatementTotal::rows).sum()).isEqualTo(2000);
    StatementTotal busiest = StatementCounts.merged(totals).getFirst();
    assertThat(busiest.calls()).as("what takes the time stays").isEqualTo(1000);
    assertThat(busiest.text()).contains("id = ?");
  }

  @Test
  void loopsAreAddedUp() {
    StatementCounts one = new StatementCounts(() -> 20);
    StatementCounts two = new StatementCounts(() -> 20);
    one.add(fingerprint(1), false, 1, 30, 3);
    two.add(fingerprint(1), true, 2, 50, 4);
    two.add(fingerprint(2), false, 1, 100, 0);
    List<StatementTotal> all = new ArrayList<>(one.totals());
    all.addAll(two.totals());
    List<StatementTotal> merged = StatementCounts.merged(all);
    assertThat(merged).hasSize(2);
    assertThat(merged.getFirst().nanos()).isEqualTo(100);
    assertThat(merged.get(1))
        .isEqualTo(
            new StatementTotal(fingerprint(1).id(), fingerprint(1).text(), 2, 1, 3, 80, 50, 7));
  }
}
