package dev.terrace.kv.data;

import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads rows and their tables' columns from stores; blocks, but for {@link #learn}. */
final class Loader {

  private final Servers servers;
  private final RecentWrites writes;
  private final Map<Collection, CompletableFuture<@Nullable Void>> learning =
      new ConcurrentHashMap<>();

  Loader(Servers servers, RecentWrites writes) {
    this.servers = servers;
    this.writes = writes;
  }

  /**
   * The rows of keys that are on one shard, from a server that holds what this node wrote to them.
   *
   * @param now the server must hold what is written up to now, by whomever
   */
  Map<RowKey, Row> rows(Collection c, List<EntryKey> keys, boolean now) throws EngineFailure {
    long written = now ? writes.now() : writes.of(keys.getFirst()).atNanos();
    for (EntryKey key : keys) {
      long other = writes.of(key).atNanos();
      written = other - written > 0 ? other : written;
    }
    Schema schema = c.schema();
    int shard = c.shard(keys.getFirst());
    List<RowKey> rows = keys.stream().map(c::row).toList();
    Map<RowKey, Row> read = servers.read(c, shard, rows, written);
    return schema == null ? read : schema.byKey(read);
  }

  /** The entry of a row, or of there being none. */
  Entry entry(Collection c, @Nullable Row row) throws EngineFailure, KvError {
    Schema schema = c.known();
    if (row == null) {
      return Entry.missing(schema);
    }
    if (!schema.columns().equals(row.columns())) {
      // The table was altered.
      describe(c);
      schema = Objects.requireNonNull(c.schema());
    }
    return Entry.of(schema, row, c.config().expires());
  }

  /** The row of a key as the shard's primary has it. */
  @Nullable Row primaryRow(Collection c, EntryKey key) throws EngineFailure {
    int shard = c.shard(key);
    RowKey row = c.row(key);
    c.countRead(shard, "primary");
    Map<RowKey, Row> read =
        servers.onPrimary(
            c.store(), shard, server -> c.store().engine().get(server, c.table(), List.of(row)));
    return c.known().byKey(read).get(row);
  }

  /** What must be so before a collection is served. */
  @FunctionalInterface
  interface Condition {
    void await() throws KvError;
  }

  /** Has the collection's table described, unless that is on its way; does not block. */
  CompletableFuture<@Nullable Void> learn(Collection c, Condition first) {
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> running = learning.putIfAbsent(c, mine);
    if (running != null) {
      return running;
    }
    Thread.ofVirtual()
        .name("kv-describe")
        .start(() -> {
          try {
            first.await();
            describe(c);
            learning.remove(c);
            mine.complete(null);
          } catch (EngineFailure e) {
            learning.remove(c);
            mine.completeExceptionally(KvError.of(c.name(), e));
          } catch (KvError | RuntimeException e) {
            learning.remove(c);
            mine.completeExceptionally(e);
          }
        });
    return mine;
  }

  /** Asks the store for the table's columns; blocks. */
  private void describe(Collection c) throws EngineFailure, KvError {
    c.learn(servers.any(c.store(), server -> c.store().engine().describe(server, c.tableName())));
  }
}
