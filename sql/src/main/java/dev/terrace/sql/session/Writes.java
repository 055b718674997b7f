package dev.terrace.sql.session;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.ReadAfter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a session must see of each shard: its own last write, by which its reads know which replicas
 * will do, and what others wrote that it follows ({@link ReadAfter}).
 */
final class Writes {

  private long[] lastNanos;
  private boolean[] ever;

  /** Whether the position of the last write in the log is not in {@link #own} yet. */
  private boolean[] unlocated;

  private ReadAfter own = ReadAfter.NONE;
  private ReadAfter followed = ReadAfter.NONE;
  private boolean inHand;
  private boolean uncommitted;

  Writes(int shards) {
    lastNanos = new long[shards];
    ever = new boolean[shards];
    unlocated = new boolean[shards];
  }

  /** All rows are on other shards since: reads need what came there up to now. */
  void moved(int shards, long nowNanos) {
    lastNanos = new long[shards];
    ever = new boolean[shards];
    unlocated = new boolean[shards];
    for (int shard = 0; shard < shards; shard++) {
      done(shard, nowNanos);
    }
    own = ReadAfter.NONE;
    followed = ReadAfter.NONE;
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

  /**
   * A statement is sent that sets something.
   *
   * @param untilSync whether what follows in the pipeline is to see it, on whatever shard
   */
  void sets(boolean untilSync) {
    uncommitted |= untilSync;
  }

  /** The statement that ends the transaction is sent. */
  void ending() {
    uncommitted = false;
  }

  /** Whether the pipeline has written or set outside of a transaction: its Sync commits that. */
  boolean uncommitted() {
    return uncommitted;
  }

  /** The server is in no transaction any more, or is gone and may have done what was in hand. */
  void ended(int shard, long nowNanos) {
    if (inHand) {
      done(shard, nowNanos);
    }
    inHand = false;
    uncommitted = false;
  }

  /** A write to a shard was acknowledged. */
  void done(int shard, long nowNanos) {
    if (shard >= 0 && shard < ever.length) {
      lastNanos[shard] = nowNanos;
      ever[shard] = true;
      unlocated[shard] = true;
    }
  }

  /** What was sent has come to nothing. */
  void lost() {
    inHand = false;
    uncommitted = false;
  }

  /** What must be seen of a shard. */
  Members.Needs needs(int shard) {
    boolean wrote = shard < ever.length && ever[shard];
    Optional<LogMark> after = followed.isEmpty() ? Optional.empty() : followed.of(shard);
    return wrote || after.isPresent()
        ? new Members.Needs(wrote ? OptionalLong.of(lastNanos[shard]) : OptionalLong.empty(), after)
        : Members.Needs.NOTHING;
  }

  /** Whether it follows what others wrote. */
  boolean follows() {
    return !followed.isEmpty();
  }

  /** Follows what is before that, too; or nothing of others any more, if it is none. */
  void follow(ReadAfter after) {
    followed = after.isEmpty() ? after : followed.and(after);
  }

  /** The shards that were written to, and whose log's position since then is not known. */
  List<Integer> unlocated() {
    List<Integer> shards = new ArrayList<>();
    for (int shard = 0; shard < unlocated.length; shard++) {
      if (unlocated[shard]) {
        shards.add(shard);
      }
    }
    return shards;
  }

  /** Whether there is a write whose position is not known. */
  boolean isUnlocated() {
    for (boolean one : unlocated) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  /** All that was written to the shard up to now lies before that. */
  void located(int shard, LogMark mark) {
    unlocated[shard] = false;
    own = own.with(shard, mark);
  }

  /** What others must read after, to see all that this session has seen written. */
  ReadAfter token() {
    return own.and(followed);
  }
}
