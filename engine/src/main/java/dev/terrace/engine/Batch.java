package dev.terrace.engine;

import java.util.List;
import java.util.Map;

/**
 * Changes of many rows of one server that come from a log, with the place in that log that they
 * reach up to.
 *
 * @param log names the log, or the part of it, whose changes are always applied in order
 * @param upTo the position of the last change that is in this batch
 * @param items at most one for each row
 */
public record Batch(String log, long upTo, List<Item> items) {

  public Batch {
    items = List.copyOf(items);
  }

  /**
   * What becomes of one row.
   *
   * @param adds by how much columns grow, where NULL and a row that is not there count as 0; only
   *     with a {@link Change.Put}, and of other columns than that sets
   */
  public record Item(TableRef table, RowKey key, Change change, Map<String, Long> adds) {
    public Item {
      adds = Map.copyOf(adds);
    }
  }

  /** An item that the store refuses, and why. */
  public record Refused(Item item, EngineFailure why) {}

  /** Is told what will be left out, before the rest is committed. */
  @FunctionalInterface
  public interface Sparing {
    /** These are left out; a failure leaves all as it was. */
    void without(List<Refused> refused) throws EngineFailure;
  }
}
