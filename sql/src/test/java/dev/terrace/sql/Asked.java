package dev.terrace.sql;

import java.util.List;

/**
 * A statement to compare by.
 *
 * @param kind what it shows, for the count of refusals
 * @param parameters values for its question marks
 * @param total whether its order leaves nothing open
 * @param orderedBy the output columns, from 0, that its order begins with; only if not total
 * @param limited whether it takes some rows, which need not be the same unless the order is total
 * @param floats the output columns whose last digits depend on the order of adding up
 */
record Asked(
    String kind,
    String sql,
    List<Object> parameters,
    boolean total,
    List<Integer> orderedBy,
    boolean limited,
    List<Integer> floats) {

  @Override
  public String toString() {
    return sql + " " + parameters;
  }
}
