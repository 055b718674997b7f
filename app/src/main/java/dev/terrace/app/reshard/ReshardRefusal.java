package dev.terrace.app.reshard;

import java.util.List;

/** Says why a resharding cannot be done, or cannot go on. */
final class ReshardRefusal extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  ReshardRefusal(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  ReshardRefusal(String problem) {
    this(List.of(problem));
  }

  /** A line for each reason. */
  List<String> problems() {
    return problems;
  }
}
