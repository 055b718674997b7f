package dev.terrace.sql.plan;

/** How the answers of several shards become one. */
public enum Gather {
  /** Rows one shard after the other, the counts of the command tags added up. */
  CONCATENATE,
  /** All shards did the same: the first one's answer stands, unless one failed. */
  FIRST
}
