package dev.terrace.kv.back;

import dev.terrace.core.freshness.TableWrites;
import dev.terrace.engine.Batch;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.kv.data.Servers;
import dev.terrace.kv.data.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The stores that batches go to, found by their names at each attempt: files change. */
final class Target {

  private final Servers servers;
  private final Function<String, Optional<Store>> stores;
  private final TableWrites tableWrites;

  Target(Servers servers, Function<String, Optional<Store>> stores, TableWrites tableWrites) {
    this.servers = servers;
    this.stores = stores;
    this.tableWrites = tableWrites;
  }

  private Store store(LaneName lane) throws EngineFailure {
    return stores
        .apply(lane.store())
        .orElseThrow(() ->
            new EngineFailure(
                Kind.UNREACHABLE,
                "the file has no collection of store '"
                    + lane.store()
                    + "' any more, and the journal has writes for it"));
  }

  /** The shards that a lane's rows are on. */
  List<Integer> shards(LaneName lane) throws EngineFailure {
    Store store = store(lane);
    if (lane.shard() != LaneName.ALL) {
      if (lane.shard() >= store.shards()) {
        throw new EngineFailure(
            Kind.UNREACHABLE,
            "store '" + lane.store() + "' has no shard " + lane.shard() + " any more");
      }
      return List.of(lane.shard());
    }
    List<Integer> all = new ArrayList<>();
    for (int shard = 0; shard < store.shards(); shard++) {
      all.add(shard);
    }
    return all;
  }

  void apply(LaneName lane, int shard, Batch batch, Batch.@Nullable Sparing sparing)
      throws EngineFailure {
    Store store = store(lane);
    List<TableWrites.Write> noted =
        batch.items().stream()
            .map(item -> item.table().table())
            .distinct()
            .map(table -> tableWrites.begin(lane.store(), table))
            .toList();
    boolean sure = false;
    try {
      servers.onPrimary(
          store,
          shard,
          server -> {
            store.engine().apply(server, batch, sparing);
            return batch;
          });
      sure = true;
    } catch (EngineFailure e) {
      sure = e.kind() != Kind.IN_DOUBT;
      throw e;
    } finally {
      for (TableWrites.Write write : noted) {
        write.end(sure);
      }
    }
  }

  long applied(LaneName lane, int shard, String log) throws EngineFailure {
    Store store = store(lane);
    return servers.onPrimary(store, shard, server -> store.engine().applied(server, log));
  }
}
