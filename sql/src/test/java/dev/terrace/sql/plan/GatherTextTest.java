package dev.terrace.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What shards are asked in a statement's place, and what a server is asked last: gather.txt beside
 * routing.txt. {@code -Dterrace.regenerate=true} writes it anew.
 */
final class GatherTextTest {

  private static final Path GOLDEN = Path.of("src/test/resources/dev/terrace/sql/plan/gather.txt");

  private final StatementPlanner planner = Shop.planner(4);

  @Test
  void textsAreAsWritten() throws Exception {
    List<String> kept = Files.readAllLines(GOLDEN, StandardCharsets.UTF_8);
    List<String> made = new ArrayList<>();
    for (String line : kept) {
      if (line.startsWith("#") || line.isBlank()) {
        made.add(line);
      } else if (!line.startsWith("  ")) {
        made.add(line);
        made.addAll(told(line));
      }
    }
    if (Boolean.getBoolean("terrace.regenerate")) {
      Files.write(GOLDEN, made, StandardCharsets.UTF_8);
      kept = made;
    }
    assertThat(made).isEqualTo(kept);
  }

  private List<String> told(String sql) {
    Routing routing = planner.plan(sql).route(Parameters.NONE);
    Gather gather =
        switch (routing) {
          case Routing.All all -> all.gather();
          case Routing.Some some -> some.gather();
          default -> throw new AssertionError(sql + ": " + routing);
        };
    List<String> lines = new ArrayList<>();
    lines.add("  " + gather.told().choice());
    gather.told().steps().forEach(step -> lines.add("  " + step.subject() + ": " + step.text()));
    return lines;
  }
}
