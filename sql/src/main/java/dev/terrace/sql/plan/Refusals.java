package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Routing.Refused;

/** The refusals that more than one place gives. */
final class Refusals {

  /** feature_not_supported. */
  static final String NOT_SUPPORTED = "0A000";

  /** not_null_violation. */
  static final String NOT_NULL = "23502";

  /** invalid_parameter_value. */
  static final String INVALID_VALUE = "22023";

  /** syntax_error. */
  static final String SYNTAX = "42601";

  static final String SHARD_HINT =
      "A comment like /* terrace: shard=0 */ in the statement sends it to that shard.";

  private Refusals() {}

  static Refused unsupported(String message, String hint) {
    return new Refused(NOT_SUPPORTED, message, hint);
  }

  static Refused notUnderstood(String detail) {
    return unsupported(
        "this statement could not be understood, so its shard is not known: " + detail, SHARD_HINT);
  }

  static Refused unknownTable(Place.Unknown table) {
    return unsupported(
        "the file does not say on which shards table " + table.table() + " is",
        "Add it under tables: with shard: hash(COLUMN), everywhere or single.");
  }
}
