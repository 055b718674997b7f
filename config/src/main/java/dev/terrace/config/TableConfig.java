package dev.terrace.config;

import java.time.Duration;
import java.util.Optional;

/** How one table is spread over its store's shards. */
public record TableConfig(
    @Doc("The store that holds the table.") String store,
    @Doc(
            "hash(COLUMN), hash(COLUMN TYPE), \"hash(COLUMN, COLUMN)\", {range: COLUMN, splits: [...]}, {list: COLUMN, at:"
                + " {VALUE: SHARD}, others: SHARD}, {hash: COLUMN, at: {VALUE: SHARD}}, everywhere"
                + " for a reference table, or single for a table on the first shard alone.")
        @Default("single")
        ShardRule shard,
    @Doc("Keep results of reads of this table in memory; not kept if left out.")
        Optional<TableCacheConfig> cache) {

  /** How results that were read from a table are kept. */
  public record TableCacheConfig(
      @Doc("For how long at most; what is written through Terrace is seen at once.") Duration ttl) {

    public TableCacheConfig {
      Check.positive("ttl", ttl);
    }
  }
}
