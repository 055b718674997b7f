package dev.terrace.sql.session;

/**
 * Where a statement is to run.
 *
 * @param shard the shard, {@link #ANY} for no matter which
 * @param readOnly whether a replica may do it
 * @param pins whether it leaves something behind in the server's session that later statements rely
 *     on
 * @param outside whether it runs beside a transaction that has no shard yet, so that it does not
 *     choose one
 */
record Target(int shard, boolean readOnly, boolean pins, boolean outside) {

  static final int ANY = -1;

  /** In place of a shard: the store's coordinator, which has the rows of all. */
  static final int COORDINATOR = -2;

  static Target primary(int shard) {
    return new Target(shard, false, false, false);
  }

  /** Beside a transaction, if there is one: the coordinator takes no part in any. */
  static Target coordinator() {
    return new Target(COORDINATOR, false, false, true);
  }

  boolean isCoordinator() {
    return shard == COORDINATOR;
  }

  Target onPrimary() {
    return readOnly ? new Target(shard, false, pins, outside) : this;
  }

  /** The same on that shard. */
  Target at(int other) {
    return new Target(other, readOnly, pins, outside);
  }

  boolean isAny() {
    return shard == ANY;
  }
}
