package dev.terrace.app.server;

import dev.terrace.app.reshard.Surroundings;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.pool.Address;
import dev.terrace.kv.KvFront;
import dev.terrace.kv.command.StoreWork;
import dev.terrace.sql.SqlFront;
import dev.terrace.sql.operate.Pause;
import dev.terrace.sql.operate.PauseScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What a resharding needs of a running Terrace. */
record ReshardSurroundings(Terrace terrace, StoreServers servers, SqlFront sql, KvFront kv)
    implements Surroundings {

  private static final long AGAIN_NANOS = 2_000_000;

  @Override
  public TerraceConfig file() {
    return terrace.file();
  }

  @Override
  public Path path() {
    return terrace.path();
  }

  @Override
  public Optional<Address> primary(String store, int shard) {
    return terrace
        .replication()
        .roles()
        .of(store, shard)
        .filter(ShardRoles::primaryUp)
        .flatMap(ShardRoles::primary)
        .map(Address::parse);
  }

  @Override
  public Hold hold(String store, boolean readsToo) {
    PauseScope scope = readsToo ? PauseScope.placement(store) : PauseScope.writes(store);
    Pause pause = sql.pauses().begin(scope);
    StoreWork.Hold work = kv.hold();
    return new Hold() {
      @Override
      public int drained(Duration patience) {
        int running = pause.drained(patience).join() + work.drained(patience);
        // What the journal holds goes to where the rows are now.
        return kv.back().flush(patience) ? running : running + 1;
      }

      @Override
      public void close() {
        pause.close();
        work.close();
      }
    };
  }

  @Override
  public List<String> replace(Path by) {
    return terrace.replaceFile(by);
  }

  @Override
  public boolean awaitPrimaries(String store, Duration patience) {
    StoreConfig config = Objects.requireNonNull(terrace.file().stores().get(store));
    int shards = config.shards().size();
    long end = System.nanoTime() + patience.toNanos();
    for (int shard = 0; shard < shards; shard++) {
      while (primary(store, shard).isEmpty()) {
        if (System.nanoTime() - end >= 0) {
          return false;
        }
        servers.hurry(new Shard(store, shard));
        LockSupport.parkNanos(AGAIN_NANOS);
      }
    }
    return true;
  }
}
