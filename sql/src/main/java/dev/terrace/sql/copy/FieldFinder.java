package dev.terrace.sql.copy;

import org.jspecify.annotations.Nullable;

/** Finds a column in a row that is a line. */
interface FieldFinder {

  /**
   * The column's value; null for NULL.
   *
   * @throws CopyFailure if the row has no such column
   */
  byte @Nullable [] find(byte[] bytes, int from, int to, long line) throws CopyFailure;

  /** The failure of a row that ends before the column; where it is, for people. */
  static CopyFailure missing(String where) {
    return CopyFailure.malformed("the row ends before the column of the sharding key, " + where);
  }
}
