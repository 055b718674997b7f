package dev.terrace.engine;

import java.util.List;

/** What becomes of one row. */
public sealed interface Change {

  /** It stays as it is, or absent. */
  record Keep() implements Change {}

  /** These fields are set and the others stay; without a row, one is inserted. */
  record Put(List<Field> fields) implements Change {
    public Put {
      fields = List.copyOf(fields);
    }
  }

  /** A row of just these fields takes the place of the one that may be there. */
  record Replace(List<Field> fields) implements Change {
    public Replace {
      fields = List.copyOf(fields);
    }
  }

  /** It is removed, if it is there. */
  record Delete() implements Change {}
}
