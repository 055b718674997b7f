package dev.terrace.sql.plan;

import java.util.List;

/**
 * What statements with one fingerprint have in common.
 *
 * @param views what they ask of Terrace itself
 * @param numbers how often they call {@link NextId}
 */
record Shape(Statement statement, Fingerprint fingerprint, List<View> views, int numbers) {

  Shape(Statement statement, Fingerprint fingerprint, int numbers) {
    this(statement, fingerprint, View.among(statement.tables()), numbers);
  }

  /** Of a statement that calls nothing of Terrace's own. */
  static Shape of(Statement statement, Fingerprint fingerprint) {
    return new Shape(statement, fingerprint, 0);
  }
}
