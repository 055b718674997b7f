package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mutated statements: none may throw, and none that writes may pass as a read. */
final class PlannerFuzzTest {

  private static final Set<String> WRITES =
      Set.of("insert", "update", "delete", "merge", "truncate", "drop", "create", "alter");

  private static final List<String> PIECES =
      List.of(
          "'",
          "''",
          "\"",
          "$$",
          "$a$",
          "E'",
          "\\",
          "/*",
          "*/",
          "--",
          "\n",
          ";",
          "(",
          ")",
          ",",
          "=",
          "::int",
          "[",
          "]",
          " in (1,2,3)",
          " any(",
          "$1",
          "1",
          "users",
          " where id = 1",
          " and ",
          " or ",
          " not ",
          " union ",
          "select ",
          "with x as (",
          "delete from users",
          " from ",
          "insert into users (id) values (1)",
          " join ",
          " on ",
          " limit ",
          "\0",
          "é",
          " into t ",
          " for update ",
          "explain ",
          " returning *",
          "count(*)",
          ".",
          "*",
          "-",
          "U&'x'",
          "0x1g");

  private final StatementPlanner planner = Shop.planner(4);

  @Test
  void mutatedStatementsNeverThrowAndNeverPassAsReads() throws Exception {
    List<String> corpus = RoutingTableTest.statements();
    Seeded.rounds(
        21,
        15_000,
        random -> {
          StringBuilder text = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
          for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
              case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
              case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(8)));
              case 2 -> {
                String other = corpus.get(random.nextInt(corpus.size()));
                text.insert(at, other, 0, random.nextInt(other.length() + 1));
              }
              default -> text.setLength(at);
            }
          }
          check(text.toString());
        });
  }

  private void check(String text) {
    for (Plan plan : planner.planAll(text)) {
      Routing routing = plan.route(Parameters.NONE);
      assertThat(routing.reason()).isNotNull();
      boolean asRead =
          switch (routing) {
            case Routing.One one -> one.readOnly();
            case Routing.AnyShard any -> any.readOnly();
            case Routing.Some some -> some.readOnly();
            case Routing.All all -> all.readOnly();
            case Routing.Coordinated coordinated -> false;
            case Routing.Session session -> false;
            case Routing.Refused refused -> false;
          };
      if (asRead) {
        assertThat(firstWord(plan.sql())).as(text).isNotIn(WRITES);
      }
    }
  }

  /** The first word by the simplest of readings, without the lexer that is on trial. */
  private static String firstWord(String sql) {
    String rest = sql;
    while (true) {
      rest = rest.strip();
      if (rest.startsWith("--")) {
        int end = rest.indexOf('\n');
        rest = end < 0 ? "" : rest.substring(end);
      } else if (rest.startsWith("/*")) {
        // Nested ones are left to the lexer's own tests.
        return "";
      } else {
        return rest.split("[^A-Za-z]", 2)[0].toLowerCase(Locale.ROOT);
      }
    }
  }
}
