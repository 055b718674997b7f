package dev.terrace.console.view;

import java.util.List;

/**
 * The members' health in short.
 *
 * @param down how many are down
 * @param draining how many an operator took out of rotation
 */
public record HealthView(
    boolean ready,
    List<String> missing,
    long members,
    long down,
    long draining,
    List<Line> health) {

  public HealthView {
    missing = List.copyOf(missing);
    health = List.copyOf(health);
  }

  /** One member's health. */
  public record Line(String pool, String member, String state, String reason) {}

  /** The health of all members of all pools. */
  public static HealthView of(Subject subject, List<String> missing) {
    List<Line> lines =
        PoolView.all(subject).stream()
            .flatMap(pool -> pool.members().stream())
            .map(m -> new Line(m.pool(), m.id(), m.state(), m.reason()))
            .toList();
    return new HealthView(
        missing.isEmpty(),
        missing,
        lines.size(),
        count(lines, "down"),
        count(lines, "draining"),
        lines);
  }

  private static long count(List<Line> lines, String state) {
    return lines.stream().filter(line -> line.state().equals(state)).count();
  }
}
