package dev.terrace.sql.session;

import java.util.OptionalLong;

/** When a session last wrote to each shard, by which its reads know which replicas will do. */
final class Writes {

  private final long[] lastNanos;
  private final boolean[] ever;
  private boolean inHand;
  private boolean uncommitted;

  Writes(int shards) {
    lastNanos = new long[shards];
    ever = new boolean[shards];
  }

  /**
   * A statement that may write is sent.
   *
   * @param inTransaction whether a transaction that was begun holds it
   */
  void sent(boolean inTransaction) {
    inHand = true;
    uncommitted |= !inTransaction;
  }

  /** The statement that ends the transaction is sent. */
  void ending() {
    uncommitted = false;
  }

  /** Whether the pipeline has written outside of a transaction: its Sync commits that. */
  boolean uncommitted() {
    return uncommitted;
  }

  /** The server is in no transaction any more. */
  void ended(int shard, long nowNanos) {
    if (inHand) {
      done(shard, nowNanos);
    }
    inHand = false;
    uncommitted = false;
  }

  /** A write to a shard was acknowledged. */
  void done(int shard, long nowNanos) {
    if (shard < ever.length) {
      lastNanos[shard] = nowNanos;
      ever[shard] = true;
    }
  }

  /** The server is gone. */
  void lost() {
    inHand = false;
    uncommitted = false;
  }

  /** When the last write to the shard was acknowledged. */
  OptionalLong last(int shard) {
    return shard < ever.length && ever[shard]
        ? OptionalLong.of(lastNanos[shard])
        : OptionalLong.empty();
  }
}
