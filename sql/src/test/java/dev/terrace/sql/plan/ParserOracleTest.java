package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.junit.jupiter.api.Test;

/** Another parser, which reads whole statements, finds no table that the planner has missed. */
final class ParserOracleTest {

  private final StatementPlanner planner = Shop.planner(4);

  @Test
  void missesNoTableThatAnotherParserFinds() throws Exception {
    int compared = 0;
    for (String sql : RoutingTableTest.statements()) {
      Plan plan = planner.plan(sql);
      boolean understood =
          (plan.kind() == StatementKind.READ || plan.kind() == StatementKind.WRITE)
              && !plan.tables().isEmpty();
      Set<String> theirs = understood ? tables(sql) : Set.of();
      if (!theirs.isEmpty()) {
        compared++;
        // What SELECT INTO would make; it is refused.
        theirs.remove("copied");
        theirs.removeIf(t -> t.startsWith("pg_") || t.startsWith("information_schema"));
        assertThat(plan.tables().stream().map(Lexed::lowerCase)).as(sql).containsAll(theirs);
      }
    }
    assertThat(compared).isGreaterThan(200);
  }

  /** What the other parser finds, in lower case; nothing if it does not read the statement. */
  // It fails in ways of all kinds on what it does not know, which is not what is tested.
  @SuppressWarnings("CatchingUnchecked")
  private static Set<String> tables(String sql) {
    Set<String> found = new TreeSet<>();
    try {
      Statement statement = new CCJSqlParser(sql).Statement();
      for (String table : new TablesNamesFinder<Void>().getTables(statement)) {
        String plain = Lexed.lowerCase(table.replace("\"", ""));
        found.add(plain.startsWith("public.") ? plain.substring("public.".length()) : plain);
      }
      return found;
    } catch (Exception e) {
      return Set.of();
    }
  }
}
