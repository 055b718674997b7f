package dev.terrace.sql.plan;

import java.util.List;
import java.util.Map;

/**
 * A statement in two parts: one that every shard runs, and a last one over all the rows of those.
 *
 * <p>The last one takes the columns of the partial rows as arrays. The partial statement stands in
 * it too, never run, in a UNION ALL with those arrays: that gives the columns the very types and
 * collations that they have in the statement itself.
 */
public interface Combination {

  /** The statement's parts, once what a server says of it is known. */
  Parts parts(Gather.Described described) throws GatherFailure;

  /**
   * Names that mean a column of the statement's tables if there is such a column, else an output
   * column; with each a statement that fails with 42703 if there is none.
   */
  Map<String, String> probes();

  /** For explain. */
  Gather.Told told();

  /** The parts. */
  interface Parts {

    /** What the shards are asked. */
    String partial();

    /**
     * The last statement.
     *
     * @param types the types of the partial statement's columns
     * @param first the number of the parameter that is the first column's array
     */
    String last(List<Integer> types, int first) throws GatherFailure;
  }

  /** The rows of all shards as something to select from. */
  static String source(String partial, List<String> columns, int first) {
    StringBuilder arrays = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      arrays.append(i == 0 ? "$" : ", $").append(first + i);
    }
    return "((SELECT * FROM ("
        + partial
        + ") AS q LIMIT 0) UNION ALL SELECT * FROM unnest("
        + arrays
        + ")) AS p("
        + String.join(", ", columns)
        + ")";
  }
}
