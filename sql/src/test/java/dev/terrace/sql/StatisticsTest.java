package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.operate.SlowLog;
import dev.terrace.sql.plan.View;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements are counted by what they have in common, and slow ones are told of. */
final class StatisticsTest extends FrontTest {

  private static final List<String> NAMES = View.STATEMENTS.names();

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "");
  }

  private static Object of(TestFront of, String text, String column) {
    return of
        .front
        .look(Set.of(View.STATEMENTS))
        .join()
        .getOrDefault(View.STATEMENTS, List.of())
        .stream()
        .filter(row -> text.equals(row.get(NAMES.indexOf("query"))))
        .findFirst()
        .map(row -> row.get(NAMES.indexOf(column)))
        .orElse("not counted");
  }

  private static Object of(String text, String column) {
    return of(front, text, column);
  }

  @Test
  void statementsThatDifferInConstantsAreCountedTogether() throws Exception {
    try (Connection simple = front.connect("preferQueryMode=simple");
        Connection extended = front.connect()) {
      for (int id = 1; id <= 3; id++) {
        ask(simple, "select generate_series(1, 4) a from notes where id = " + (6000 + id));
        run(simple, "insert into notes (id, body) values (" + (6000 + id) + ", 'x')");
        ask(simple, "select generate_series(1, 4) a from notes where id = " + (6000 + id));
      }
      String select = "select generate_series (?, ?) a from notes where id = ?";
      assertThat(of(select, "calls")).isEqualTo(6L);
      assertThat(of(select, "rows")).isEqualTo(12L);
      assertThat(of("insert into notes (id, body) values (?, ?)", "rows")).isEqualTo(3L);
      assertThat((Double) of(select, "total_exec_time")).isPositive();
      assertThat((Double) of(select, "max_exec_time"))
          .isLessThanOrEqualTo((Double) of(select, "total_exec_time"));
      try (PreparedStatement bound =
          extended.prepareStatement("select body from notes where id = ? and body <> 'never'")) {
        for (int id = 6001; id <= 6003; id++) {
          bound.setInt(1, id);
          bound.executeQuery().close();
        }
      }
      String withParameter = "select body from notes where id = $1 and body <> ?";
      assertThat(of(withParameter, "calls")).isEqualTo(3L);
      assertThat(of(withParameter, "rows")).isEqualTo(3L);
      run(simple, "update notes set body = 'y' where id between 6001 and 6003");
      assertThat(of("update notes set body = ? where id between ? and ?", "rows"))
          .as("over shards")
          .isEqualTo(3L);
    }
  }

  @Test
  void eachStatementOfABatchCountsForItself() throws Exception {
    try (Connection connection = front.connect();
        PreparedStatement batch =
            connection.prepareStatement("insert into notes (id, body) values (?, 'of a batch')")) {
      for (int i = 0; i < 20; i++) {
        batch.setLong(1, 6100 + i);
        batch.addBatch();
      }
      batch.executeBatch();
      assertThat(of("insert into notes (id, body) values ($1, ?)", "calls")).isEqualTo(20L);
      assertThat(of("insert into notes (id, body) values ($1, ?)", "rows")).isEqualTo(20L);
    }
  }

  @Test
  void failuresCountWhoeverNoticesThem() throws Exception {
    try (Connection connection = front.connect("preferQueryMode=simple")) {
      for (String failing :
          List.of("select 1 / 0 from notes where id = 6", "select nix_6 from notes where id = 6")) {
        assertThatThrownBy(() -> ask(connection, failing)).isInstanceOf(SQLException.class);
      }
      assertThat(of("select ? / ? from notes where id = ?", "errors")).isEqualTo(1L);
      assertThat(of("select nix_6 from notes where id = ?", "errors")).isEqualTo(1L);
      String refused = "select a.body as refused from notes a, words b where a.body = b.word";
      assertThatThrownBy(() -> ask(connection, refused)).isInstanceOf(SQLException.class);
      assertThat(of(refused, "errors")).isEqualTo(1L);
    }
    try (Connection connection = front.connect();
        PreparedStatement broken =
            connection.prepareStatement("select nix_7 from notes where id = ?")) {
      broken.setInt(1, 7);
      assertThatThrownBy(broken::executeQuery).isInstanceOf(SQLException.class);
      assertThat(of("select nix_7 from notes where id = $1", "errors")).isEqualTo(1L);
    }
  }

  @Test
  void theSlowestAreMetricsOfABoundedNumber() throws Exception {
    try (TestFront own = TestFront.over(front.cluster(), "statistics: 50", "{from: primary}", 1);
        Connection connection = own.connect("preferQueryMode=simple")) {
      for (int i = 0; i < 200; i++) {
        ask(connection, "select 1 as c" + i);
      }
      ask(connection, "select pg_sleep(0.05) as slowest");
      Await.until(
          "the slowest is a metric",
          () ->
              own.signals.samples().stream()
                  .anyMatch(sample ->
                      sample.series().metric() == Metric.SQL_TOP_SECONDS
                          && sample.series().labelValues().get(1).contains("slowest")));
      long series =
          own.signals.samples().stream()
              .filter(sample -> sample.series().metric() == Metric.SQL_TOP_SECONDS)
              .count();
      assertThat(series).isLessThanOrEqualTo(10);
      assertThat(own.front.look(Set.of(View.STATEMENTS)).join().get(View.STATEMENTS))
          .hasSizeLessThan(60);
      assertThat((Long) of(own, "(all others)", "calls")).isGreaterThan(100);
    }
  }

  private static final class Lines extends Handler {
    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord event) {
      lines.add(event.getMessage());
    }

    @Override
    public void flush() {
      // Nothing is kept back.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Test
  void aSlowStatementGetsALineWithoutItsConstantsAndAStormNotMany() throws Exception {
    Lines log = new Lines();
    Logger logger = Logger.getLogger(SlowLog.class.getName());
    logger.addHandler(log);
    try (TestFront own =
            TestFront.over(
                front.cluster(),
                "slow-log: {over: 500ms, lines-per-minute: 1}",
                "{from: primary}",
                1);
        Connection connection = own.connect("preferQueryMode=simple")) {
      ask(connection, "select 'quick'");
      ask(connection, "/* terrace: shard=1 */ select pg_sleep(0.6), 'secret\nsecond'");
      Await.until("a line", () -> log.lines.size() == 1);
      assertThat(log.lines.getFirst())
          .contains("user=shop", "store=shop", "shard=1", "rows=1", "failed=false")
          .contains("server=" + front.cluster().primary(1).address())
          .contains("statement=\"select pg_sleep (?), ?\"")
          .doesNotContain("secret");
      for (int i = 0; i < 2; i++) {
        ask(connection, "/* terrace: shard=1 */ select pg_sleep(0.6)");
      }
      Await.until(
          "the rest is counted",
          () ->
              own.signals.counter(Metric.SQL_SLOW, "shop", "logged").value() == 1
                  && own.signals.counter(Metric.SQL_SLOW, "shop", "left-out").value() == 2);
      assertThat(log.lines).hasSize(1);
    } finally {
      logger.removeHandler(log);
    }
  }

  @Test
  void constantsStandInTheLineIfTheFileSaysSo() throws Exception {
    Lines log = new Lines();
    Logger logger = Logger.getLogger(SlowLog.class.getName());
    logger.addHandler(log);
    try (TestFront own =
            TestFront.over(
                front.cluster(), "slow-log: {over: 20ms, values: true}", "{from: primary}", 1);
        Connection connection = own.connect("preferQueryMode=simple");
        ResultSet rows =
            connection.createStatement().executeQuery("select pg_sleep(0.03), 'shown'")) {
      assertThat(rows.next()).isTrue();
      Await.until("a line", () -> log.lines.stream().anyMatch(line -> line.contains("'shown'")));
    } finally {
      logger.removeHandler(log);
    }
  }

  @Test
  void timesAreKnownByShardAndServer() throws Exception {
    try (Connection one = front.connect("preferQueryMode=simple")) {
      String first = front.cluster().primary(0).address().toString();
      long before = taken("0", first);
      long several = taken("several", "");
      ask(one, "/* terrace: shard=0 */ select pg_sleep(0.06)");
      run(one, "/* terrace: shard=0 */ update notes set body = body where id = -1");
      ask(one, "select count(*) from notes");
      assertThat(taken("0", first)).isGreaterThan(before);
      assertThat(taken("several", "")).isEqualTo(several + 1);
    }
    int p99 = View.POOLS.names().indexOf("p99_exec_time");
    long timed =
        front.front.look(Set.of(View.POOLS)).join().getOrDefault(View.POOLS, List.of()).stream()
            .filter(row -> row.get(p99) instanceof Double)
            .count();
    assertThat(timed).isPositive();
  }

  private static long taken(String shard, String server) {
    return front.signals.samples().stream()
        .filter(sample -> sample.series().metric() == Metric.SQL_SECONDS)
        .filter(sample -> sample.series().labelValues().equals(List.of("shop", shard, server)))
        .filter(Signals.Sample.Distribution.class::isInstance)
        .map(Signals.Sample.Distribution.class::cast)
        .flatMap(sample -> sample.counts().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}
