package dev.terrace.sql.plan;

import java.util.List;

/**
 * What statements with one fingerprint have in common.
 *
 * @param views what they ask of Terrace itself
 * @param numbered whether they call {@link NextId}
 */
record Shape(Statement statement, Fingerprint fingerprint, List<View> views, boolean numbered) {

  Shape(Statement statement, Fingerprint fingerprint, boolean numbered) {
    this(statement, fingerprint, View.among(statement.tables()), numbered);
  }

  /** Of a statement that calls nothing of Terrace's own. */
  static Shape of(Statement statement, Fingerprint fingerprint) {
    return new Shape(statement, fingerprint, false);
  }
}
