package dev.terrace.config;

/** How one table is spread over its store's shards. */
public record TableConfig(
    @Doc("The store that holds the table.") String store,
    @Doc(
            "hash(COLUMN), hash(COLUMN TYPE), \"hash(COLUMN, COLUMN)\", {range: COLUMN, splits: [...]}, {list: COLUMN, at:"
                + " {VALUE: SHARD}, others: SHARD}, {hash: COLUMN, at: {VALUE: SHARD}}, everywhere"
                + " for a reference table, or single for a table on the first shard alone.")
        @Default("single")
        ShardRule shard) {}
