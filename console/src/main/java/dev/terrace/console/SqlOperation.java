package dev.terrace.console;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What operators see of the SQL front and may do to it. All methods may block. */
public interface SqlOperation {

  /**
   * What statements are held back from.
   *
   * @param shard the shard; all of the store's if empty
   * @param writesOnly whether those that only read go on
   */
  record Paused(String store, OptionalInt shard, boolean writesOnly) {}

  /** The tables that the front serves as views, by name: rows of values by column. */
  Map<String, List<Map<String, @Nullable Object>>> views();

  /** The stores that clients are served. */
  List<String> stores();

  /** What is paused. */
  List<Paused> paused();

  /**
   * Holds statements back until {@link #resume}.
   *
   * @param patience how long to wait for the transactions that run
   * @return how many sessions still run some
   */
  int pause(Paused what, Duration patience);

  /**
   * Lets go on what was held back.
   *
   * @return the pauses that are over
   */
  List<Paused> resume(String store, OptionalInt shard);

  /**
   * Forgets the results that are kept of a store.
   *
   * @return how many
   */
  int purge(String store);

  /**
   * Ends sessions, and cancels what they run.
   *
   * @param client the one with that number; if empty, all of the user
   * @return how many
   */
  int kill(OptionalInt client, String user);
}
