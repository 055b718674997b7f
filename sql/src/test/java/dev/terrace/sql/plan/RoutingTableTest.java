package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The routings of routing.txt: one statement a line, then {@code =>} and where it goes. */
final class RoutingTableTest {

  private final StatementPlanner planner = Shop.planner(4);

  @TestFactory
  Stream<DynamicTest> routes() throws IOException {
    return lines().stream()
        .map(line -> {
          int arrow = line.lastIndexOf("=>");
          String sql = line.substring(0, arrow).strip();
          String expected = line.substring(arrow + 2).strip();
          return DynamicTest.dynamicTest(
              sql, () -> assertThat(describe(sql)).as(sql).startsWith(expected));
        });
  }

  private String describe(String sql) {
    Plan plan = planner.plan(sql.replace("\\n", "\n"));
    return Shop.describe(plan, plan.route(Parameters.NONE));
  }

  /** The statements of the table alone. */
  static List<String> statements() throws IOException {
    return lines().stream()
        .map(line -> line.substring(0, line.lastIndexOf("=>")).strip().replace("\\n", "\n"))
        .toList();
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = RoutingTableTest.class.getResourceAsStream("routing.txt")) {
      assertThat(in).isNotNull();
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String> lines = new ArrayList<>();
      for (String line : all.lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line);
        }
      }
      return lines;
    }
  }
}
