package dev.terrace.kv.data;

import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.config.ShardRule;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes to the store first, then takes the key off the cache, then answers; it blocks. */
public final class WriteThrough {

  private final ReadThrough reads;
  private final TableWrites tableWrites;
  private final CacheWrites caches;
  private final Duration doubt;
  private volatile @Nullable DirtyRows dirtyRows;

  /**
   * Writes beside those reads.
   *
   * @param tableWrites told of what is written
   * @param storeTimeout how long one call to the store may take
   */
  WriteThrough(ReadThrough reads, TableWrites tableWrites, Duration storeTimeout) {
    this.reads = reads;
    this.tableWrites = tableWrites;
    this.caches = reads.cacheWrites();
    this.doubt = storeTimeout.multipliedBy(2);
  }

  /**
   * Changes the row of a key; a table that is everywhere is changed on all shards, or on none.
   *
   * @param decision may be asked more than once
   */
  public Modified write(Collection c, EntryKey key, Decision decision) throws KvError {
    DirtyRows rows = dirtyRows;
    return rows != null && c.writeMode() == WriteMode.BACK
        ? rows.write(c, key, decision)
        : through(c, key, decision);
  }

  /** Has those rows take writes of collections with write back from now on. */
  void dirtyRows(DirtyRows rows) {
    dirtyRows = rows;
  }

  /** Changes the row in the store, however the collection is written. */
  public Modified through(Collection c, EntryKey key, Decision decision) throws KvError {
    boolean certain = true;
    TableWrites.Write noted = tableWrites.begin(c.store().name(), c.tableName());
    CacheWrites.Begun begun = caches.begin(c, key);
    try {
      List<Integer> shards = shards(c, key);
      Modified done = modify(c, shards, key, decision);
      if (!(done.change() instanceof Change.Keep)) {
        shards.forEach(c::countWrite);
      }
      begun.done(done);
      return done;
    } catch (EngineFailure e) {
      // All other failures leave the row as it was, so what is kept of it stays true.
      certain = e.kind() != Kind.IN_DOUBT;
      if (certain) {
        begun.unchanged();
      } else {
        begun.doubtful(doubt);
      }
      throw KvError.of(c.name(), e);
    } catch (RuntimeException | Error e) {
      begun.doubtful(doubt);
      throw e;
    } finally {
      noted.end(certain);
    }
  }

  /** A primary that cannot be reached has changed nothing: it, or the next one, is waited for. */
  private Modified modify(Collection c, List<Integer> shards, EntryKey key, Decision decision)
      throws EngineFailure {
    long deadline = System.nanoTime() + c.store().config().failoverWait().toNanos();
    while (true) {
      try {
        return modifyOnce(c, shards, key, decision);
      } catch (EngineFailure e) {
        if (e.kind() != Kind.UNREACHABLE || !Servers.mayWait(deadline)) {
          throw e;
        }
      }
    }
  }

  private Modified modifyOnce(Collection c, List<Integer> shards, EntryKey key, Decision decision)
      throws EngineFailure {
    List<PoolMember> begun = new ArrayList<>();
    try {
      List<Address> primaries = new ArrayList<>();
      for (int shard : shards) {
        PoolMember primary = reads.servers().primary(c.store(), shard);
        primary.load().begin();
        begun.add(primary);
        primaries.add(primary.member().address());
      }
      return c.store().engine().modify(primaries, c.table(), c.row(key), decision);
    } finally {
      begun.forEach(member -> member.load().end());
    }
  }

  private static List<Integer> shards(Collection c, EntryKey key) {
    if (c.rule() instanceof ShardRule.Everywhere) {
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < c.store().shards(); i++) {
        all.add(i);
      }
      return all;
    }
    return List.of(c.shard(key));
  }
}
