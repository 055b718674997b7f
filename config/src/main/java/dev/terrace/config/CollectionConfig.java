package dev.terrace.config;

import java.time.Duration;
import java.util.Optional;

/**
 * A set of keys of the key-value front, each a row of a table: {@code product:42} is the row of
 * table {@code products} whose {@code id} is 42. With {@code value} the key is a string (that
 * column); else it is a hash whose fields are the row's columns.
 */
public record CollectionConfig(
    @Doc("The table that holds the truth; listed under tables.") String table,
    @Doc("The column that the part of the key after the colon is compared with.") String key,
    @Doc("The one column that GET and SET speak of; without it keys are hashes of all columns.")
        Optional<String> value,
    @Doc("A timestamptz column after which the row counts as gone; EXPIRE and TTL need it.")
        Optional<String> expires,
    @Doc("What may be kept in memory.") CacheConfig cache) {

  /** What may be kept of a collection, and how writes reach the store. */
  public record CacheConfig(
      @Doc("How old a kept value may be; 0s keeps none.") @Default("0s") Duration ttl,
      @Doc("through: the store first, then the answer. back: as through until a write log exists.")
          @Default("through")
          WriteMode write,
      @Doc("With write back: how long writes may be gathered.") @Default("500ms") Duration flush) {}

  /** How writes reach the store. */
  public enum WriteMode {
    THROUGH,
    BACK
  }
}
