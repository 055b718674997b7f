package dev.terrace.sql.plan;

import java.util.Set;

/** What is known of PostgreSQL's own aggregates. */
final class Aggregates {

  /** Of parts of a whole they give a part of the same kind: max(max(a), max(b)). */
  private static final Set<String> REPEATABLE =
      Set.of("min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or", "any_value");

  /** Those too, unless equal values count once. */
  private static final Set<String> SPLITTING = Set.of("count", "sum", "avg", "bit_xor");

  private Aggregates() {}

  /** Whether a value that comes twice counts as one that comes once. */
  static boolean isRepeatable(Expr.Call call) {
    return REPEATABLE.contains(call.name().getLast());
  }

  /**
   * Whether the shards' aggregates make up that of all; of distinct values, each shard can send
   * each once.
   */
  static boolean splits(Expr.Call call) {
    return !call.form().within()
        && (call.form().distinct()
            || isRepeatable(call)
            || SPLITTING.contains(call.name().getLast()));
  }
}
