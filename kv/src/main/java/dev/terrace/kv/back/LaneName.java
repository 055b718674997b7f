package dev.terrace.kv.back;

/**
 * Which writes are made in the store in the order of the log: those of one partition of a shard's
 * keys.
 *
 * @param shard or {@link #ALL} for tables that all shards have
 */
record LaneName(String store, int shard, int partition) {

  static final int ALL = -1;

  /** As the store notes how far it has come. */
  @Override
  public String toString() {
    return store + "/" + (shard == ALL ? "all" : Integer.toString(shard)) + "/" + partition;
  }
}
