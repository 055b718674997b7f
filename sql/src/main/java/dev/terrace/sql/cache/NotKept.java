package dev.terrace.sql.cache;

import java.util.Locale;

/** Why a result is not kept, nor looked for among those that are. */
public enum NotKept {
  /** Something else than its tables decides what it is. */
  UNSTEADY,
  /** It is part of a transaction. */
  IN_TRANSACTION,
  /** The session has a server of its own, or follows what was written elsewhere. */
  SESSION,
  /** A table is not what it seems: a view, a foreign table, one with row security, or unknown. */
  TABLE,
  /** The servers' catalogue is not known, or not known any more. */
  CATALOGUE,
  /** A table was written to meanwhile. */
  WRITTEN,
  /** The client wants rows in portions, or has not sent all of its request at once. */
  PORTIONS,
  /** It comes from the coordinator. */
  COORDINATOR,
  /** It is larger than sql.cache.max-result, or too many are on their way. */
  SIZE,
  /** The server failed, or said more than rows. */
  ANSWER;

  /** As the metric's label has it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
