package dev.terrace.engine;

import dev.terrace.core.pool.Address;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One data store, as its servers are spoken to: rows found by one key column. Which server is asked
 * (shard, primary or replica) is the caller's decision. All methods block and are called on virtual
 * threads, any number at once; each returns within the store's timeout.
 */
public interface Engine extends AutoCloseable {

  /** The table's columns, as the server knows them now. */
  Table describe(Address server, String table) throws EngineFailure;

  /**
   * The rows with these keys, by the key as it was given, in one question to the server; keys
   * without a row are not in the map. Keys are given in the form that the server prints them in.
   */
  Map<String, Row> get(Address server, TableRef table, Collection<String> keys)
      throws EngineFailure;

  /**
   * Reads the row of one key, lets the caller decide by it, and applies the decision, with nobody
   * else changing the row in between. With several servers the first one's row decides, and the
   * change is applied to all or, unless the failure says {@code IN_DOUBT}, to none.
   *
   * @param servers in an order that all callers keep to
   * @param decision may be asked again when another writer came first
   */
  Modified modify(List<Address> servers, TableRef table, String key, Decision decision)
      throws EngineFailure;

  /** Decides what becomes of a row. */
  @FunctionalInterface
  interface Decision {
    /** The change, by the row as it is now; must have no effects of its own. */
    Change by(Optional<Row> before);
  }

  /** What {@link #modify} found and did. */
  record Modified(Optional<Row> before, Change change) {}

  /** Sets these fields of the row with that key, inserting it if there is none. */
  default void put(List<Address> servers, TableRef table, String key, List<Field> fields)
      throws EngineFailure {
    modify(servers, table, key, before -> new Change.Put(fields));
  }

  /** Removes the row with that key; whether there was one. */
  default boolean delete(List<Address> servers, TableRef table, String key) throws EngineFailure {
    return modify(servers, table, key, before -> new Change.Delete()).before().isPresent();
  }

  /** Whether there is a row with that key. */
  default boolean exists(Address server, TableRef table, String key) throws EngineFailure {
    return !get(server, table, List.of(key)).isEmpty();
  }

  /** Closes all connections; work in hand may fail. */
  @Override
  void close();
}
