package dev.terrace.engine;

import dev.terrace.core.pool.Address;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One data store, as its servers are spoken to: rows found by their key columns. Which server is
 * asked (shard, primary or replica) is the caller's decision. All methods block and are called on
 * virtual threads, any number at once; each returns within the store's timeout.
 */
public interface Engine extends AutoCloseable {

  /** The table's columns, as the server knows them now. */
  Table describe(Address server, String table) throws EngineFailure;

  /**
   * The rows with these keys, by the key as it was given, in one question to the server; keys
   * without a row are not in the map.
   */
  Map<RowKey, Row> get(Address server, TableRef table, Collection<RowKey> keys)
      throws EngineFailure;

  /**
   * Up to {@code limit} rows in the order of their keys, from the first one behind {@code after} or
   * from the start.
   */
  List<Row> scan(Address server, TableRef table, Optional<RowKey> after, int limit)
      throws EngineFailure;

  /**
   * Runs work in one transaction and commits it, unless the work fails. With several servers what
   * the first one holds is read, and changes are made on all or, unless the failure says {@code
   * IN_DOUBT}, on none.
   *
   * @param servers in an order that all callers keep to
   * @param work may be run again when another writer came first: it must have no effects of its own
   */
  <T> T transact(List<Address> servers, Work<T> work) throws EngineFailure;

  /** What is done in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    /** Reads and changes rows. */
    T in(Transaction transaction) throws EngineFailure;
  }

  /** A transaction in which rows are read and changed. */
  interface Transaction {

    /** The row of a key as it is now; nobody else changes it until the transaction has ended. */
    Optional<Row> read(TableRef table, RowKey key) throws EngineFailure;

    /** Changes the row of a key; what it is then, as the store has it. */
    Optional<Row> change(TableRef table, RowKey key, Change change) throws EngineFailure;
  }

  /**
   * Reads the row of one key, lets the caller decide by it, and applies the decision, with nobody
   * else changing the row in between; see {@link #transact}.
   *
   * @param decision may be asked again when another writer came first
   */
  default Modified modify(List<Address> servers, TableRef table, RowKey key, Decision decision)
      throws EngineFailure {
    return transact(
        servers,
        transaction -> {
          Optional<Row> before = transaction.read(table, key);
          Change change = decision.by(before);
          return new Modified(
              before,
              change,
              change instanceof Change.Keep ? before : transaction.change(table, key, change));
        });
  }

  /** Decides what becomes of a row. */
  @FunctionalInterface
  interface Decision {
    /** The change, by the row as it is now; must have no effects of its own. */
    Change by(Optional<Row> before);
  }

  /** What {@link #modify} found, did, and left. */
  record Modified(Optional<Row> before, Change change, Optional<Row> after) {}

  /**
   * Applies all of a batch or nothing, and notes in the same transaction how far its log has been
   * applied. A batch that the note says was applied before is not applied again, so that one whose
   * outcome is {@code IN_DOUBT} can simply be tried again.
   */
  default void apply(Address server, Batch batch) throws EngineFailure {
    apply(server, batch, null);
  }

  /**
   * As {@link #apply(Address, Batch)}, but leaves out what the store refuses.
   *
   * @param sparing told what is left out; if null, nothing is, and the first refusal is the failure
   */
  default void apply(Address server, Batch batch, Batch.@Nullable Sparing sparing)
      throws EngineFailure {
    throw new EngineFailure(
        EngineFailure.Kind.REJECTED, "this store keeps no note of a log, so none is written back");
  }

  /** How far that log has been applied to that server; 0 if it never was. */
  default long applied(Address server, String log) throws EngineFailure {
    return 0;
  }

  /** Sets these fields of the row with that key, inserting it if there is none. */
  default void put(List<Address> servers, TableRef table, RowKey key, List<Field> fields)
      throws EngineFailure {
    modify(servers, table, key, before -> new Change.Put(fields));
  }

  /** Removes the row with that key; whether there was one. */
  default boolean delete(List<Address> servers, TableRef table, RowKey key) throws EngineFailure {
    return modify(servers, table, key, before -> new Change.Delete()).before().isPresent();
  }

  /** Whether there is a row with that key. */
  default boolean exists(Address server, TableRef table, RowKey key) throws EngineFailure {
    return !get(server, table, List.of(key)).isEmpty();
  }

  /** Closes all connections; work in hand may fail. */
  @Override
  void close();
}
