package dev.terrace.sql.operate;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * What a pause holds back.
 *
 * @param shard the shard that it is about; all of the store's if empty
 */
public record PauseScope(String store, OptionalInt shard, What what) {

  /** Which statements wait. */
  public enum What {
    /** Those that may write, and transactions that are not READ ONLY. */
    WRITES,
    /** All that need a server. */
    EVERYTHING,
    /** All, before it is decided where they go: where rows are is about to change. */
    PLACEMENT
  }

  /** All that needs a server of the store. */
  public static PauseScope everything(String store) {
    return new PauseScope(store, OptionalInt.empty(), What.EVERYTHING);
  }

  /** What may write to the store. */
  public static PauseScope writes(String store) {
    return new PauseScope(store, OptionalInt.empty(), What.WRITES);
  }

  /** Everything, because where the store's rows are is about to change. */
  public static PauseScope placement(String store) {
    return new PauseScope(store, OptionalInt.empty(), What.PLACEMENT);
  }

  /** Whether it is about that shard; what has no number has rows of all. */
  public boolean covers(int ofShard) {
    return shard.isEmpty() || shard.getAsInt() == ofShard || ofShard < 0;
  }

  /** Whether it holds a statement back of which it is decided that it needs that shard. */
  boolean holds(int ofShard, boolean readOnly) {
    return switch (what) {
      case WRITES -> covers(ofShard) && !readOnly;
      case EVERYTHING -> covers(ofShard);
      // What is decided would be wrong afterwards: it goes on, and is waited for.
      case PLACEMENT -> false;
    };
  }

  @Override
  public String toString() {
    String where = shard.isEmpty() ? store : store + "/" + shard.getAsInt();
    return what.name().toLowerCase(Locale.ROOT) + " of " + where;
  }
}
