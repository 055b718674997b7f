package dev.terrace.config;

import java.util.List;

/** What came of reading a file. */
public sealed interface Loaded {

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
