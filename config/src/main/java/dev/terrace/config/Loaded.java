package dev.terrace.config;

import java.util.List;

/** What came of reading a file. */
public sealed interface Loaded {

  /**
   * What the file says, for those who cannot go on without it.
   *
   * @throws IllegalArgumentException with all its problems if it cannot be served
   */
  default TerraceConfig orThrow() {
    return switch (this) {
      case Ok ok -> ok.config();
      case Broken broken -> throw new IllegalArgumentException(broken.problems().toString());
    };
  }

  /** A file that can be served, and what its author should know about it. */
  record Ok(TerraceConfig config, List<Problem> warnings) implements Loaded {
    public Ok {
      warnings = List.copyOf(warnings);
    }
  }

  /** A file that cannot be served: every problem found, in the order of the text. */
  record Broken(List<Problem> problems) implements Loaded {
    public Broken {
      problems = List.copyOf(problems);
    }
  }
}
