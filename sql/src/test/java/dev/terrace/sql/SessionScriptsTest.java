package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What sessions do step by step, each once found to be answered otherwise than by one server. A
 * step is {@code session: statement}, and is sent as a simple query and by the extended protocol.
 */
final class SessionScriptsTest {

  private static final List<BothSides> ALL = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    ALL.add(BothSides.start(1));
    ALL.add(BothSides.start(2));
  }

  @AfterAll
  static void stop() {
    ALL.forEach(BothSides::close);
  }

  private static final String ON_BOTH_SHARDS = "update items set n = n + 1 where owner = 0";

  /** What is set in a transaction of several servers stays on those connections. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0: begin | 0: set work_mem = '5MB' | 0: WRITE | 0: commit | 1: PROBE | 0: PROBE",
        "0: begin | 0: WRITE | 0: set my.tenant = '42' | 0: commit | 1: PROBE | 0: PROBE",
        "0: begin | 0: WRITE | 0: set my.tenant = '42' | 0: rollback | 1: PROBE | 0: PROBE",
        "0: set my.tenant = '42' | 0: begin | 0: WRITE | 0: reset all | 0: commit | 0: PROBE"
            + " | 1: PROBE",
        "0: begin | 0: WRITE | 0: savepoint a | 0: set my.tenant = '42' | 0: rollback to a"
            + " | 0: commit | 0: PROBE | 1: PROBE"
      })
  void settingsOfATransactionAreItsSessionsOwn(String script) throws Exception {
    String probe =
        "select distinct current_setting('work_mem'), nullif(current_setting('my.tenant', true), '') from items"
            + " where owner = 1";
    check(script.replace("WRITE", ON_BOTH_SHARDS).replace("PROBE", probe));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0: begin | 0: commit and chain | 0: select n from items where id = 1 | 0: commit",
        "0: begin | 0: select n from items where id = 1 | 0: commit and chain"
            + " | 0: select n from items where id = 2 | 0: rollback",
        "0: begin read only | 0: commit and chain | 0: show transaction_read_only"
            + " | 0: update items set n = 1 where id = 1 | 0: rollback",
        "0: begin isolation level repeatable read | 0: select n from items where id = 1"
            + " | 0: rollback and chain | 0: show transaction_isolation | 0: commit",
        "0: begin | 0: select 1 / 0 | 0: rollback and chain | 0: select n from items where id = 1"
            + " | 0: commit",
        "0: begin | 0: update items set n = 9 where id = 1 | 0: select 1 / 0 | 0: commit and chain"
            + " | 0: select n from items where id = 1 | 0: commit",
        "0: commit and chain | 0: rollback and chain"
      })
  void oneTransactionFollowsAnother(String script) throws Exception {
    check(script);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0: begin | 0: rollback to a | 0: select 1 | 0: rollback",
        "0: begin | 0: release a | 0: commit",
        "0: begin | 0: savepoint a | 0: release a | 0: rollback to a | 0: commit",
        "0: begin | 0: savepoint a | 0: savepoint b | 0: rollback to a | 0: rollback to b"
            + " | 0: rollback to a | 0: select n from items where id = 1 | 0: commit",
        "0: begin | 0: savepoint a | 0: select 1 / 0 | 0: rollback to a | 0: select 1 | 0: commit"
      })
  void savepointsAreKnownBeforeThereIsAShard(String script) throws Exception {
    check(script);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0: begin | 0: select 1 / 0 | 0: rollback; select 1",
        "0: begin | 0: update items set n = 9 where id = 1 | 0: select 1 / 0"
            + " | 0: rollback; select n from items where id = 1; select 1 / 0; select 2 | 0: select 3",
        "0: begin | 0: select * from nowhere | 0: commit; begin; select n from items where id = 2"
            + " | 0: commit",
        "0: begin | 0: selec 1 | 0: rollback; begin | 0: commit"
      })
  void whatFollowsTheEndOfAFailedTransactionRuns(String script) throws Exception {
    check(script);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0: begin read only | 0: show transaction_read_only | 0: commit",
        "0: begin read only | 0: select current_setting('transaction_read_only') | 0: commit",
        "0: set session characteristics as transaction isolation level repeatable read | 0: begin"
            + " | 0: select count(*) from items where n = 77"
            + " | 1: update items set n = 77 where owner = 1"
            + " | 0: select count(*) from items where n = 77 | 0: commit"
      })
  void aTransactionsModesAreSeenBeforeThereIsAShard(String script) throws Exception {
    check(script);
  }

  @Test
  void anErrorComesBeforeTheSync() throws Exception {
    for (BothSides sides : ALL) {
      SessionStep.Pipeline pipeline = new SessionStep.Pipeline(0);
      pipeline.bind("", "nowhere", List.of()).flush();
      assertThat(sides.play(List.of(pipeline.done()))).isEmpty();
      SessionStep.Pipeline later = new SessionStep.Pipeline(0);
      later.run("update items set n = 5 where id = 1", false).bind("", "nowhere", List.of());
      assertThat(sides.play(List.of(later.flush().done()))).isEmpty();
    }
  }

  private static void check(String script) throws Exception {
    for (BothSides sides : ALL) {
      for (boolean simple : new boolean[] {true, false}) {
        if (simple || !script.contains(";")) {
          assertThat(sides.play(steps(script, simple))).isEmpty();
        }
      }
    }
  }

  private static List<SessionStep> steps(String script, boolean simple) {
    List<SessionStep> steps = new ArrayList<>();
    for (String step : script.split(" \\| ", -1)) {
      int session = step.charAt(0) - '0';
      String sql = step.substring(3);
      steps.add(
          simple
              ? SessionStep.query(session, sql)
              : new SessionStep.Pipeline(session).run(sql, true).done());
    }
    return steps;
  }
}
