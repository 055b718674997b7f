package dev.terrace.core.freshness;

/**
 * Takes note of writes to tables that pass through one tier, for the sake of what another keeps of
 * the same tables.
 */
@FunctionalInterface
public interface TableWrites {

  /** Nobody keeps anything. */
  TableWrites UNHEEDED = (store, table) -> surely -> {};

  /** A write that is under way. */
  @FunctionalInterface
  interface Write {
    /**
     * It has ended, and whoever made it is not told yet.
     *
     * @param surely whether it is known if it came about; else it may still do so for a while
     */
    void end(boolean surely);
  }

  /** A write begins: to be called before anybody can see it. */
  Write begin(String store, String table);
}
