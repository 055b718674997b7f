package dev.terrace.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of keys of the key-value front. With {@code table} each key is a row: {@code product:42} is
 * the row of table {@code products} whose {@code id} is 42. With {@code store} the keys are those
 * of a Redis, and all its commands pass through to it.
 */
public record CollectionConfig(
    @Doc("The table that holds the truth; listed under tables.") Optional<String> table,
    @Doc(
            "The column that the part of the key after the first colon is compared with; or several,"
                + " as a pattern: {user_id}:{id}.")
        Optional<String> key,
    @Doc("A Redis store whose keys these are, instead of a table: every command passes through.")
        Optional<String> store,
    @Doc("The one column that GET and SET speak of; without it keys are hashes of all columns.")
        Optional<String> value,
    @Doc(
            "What a key holds: string, counter (a number that INCR adds to) or json (a document), in"
                + " the column of value; or a hash of all columns. A string with value, else a hash,"
                + " if left out.")
        Optional<Shape> shape,
    @Doc("A timestamptz column after which the row counts as gone; EXPIRE and TTL need it.")
        Optional<String> expires,
    @Doc("What may be kept in memory.") CacheConfig cache) {

  private static final Pattern COLUMN = Pattern.compile("\\{([^{}]*)\\}");

  public CollectionConfig {
    if (table.isPresent() == store.isPresent()) {
      throw new IllegalArgumentException(
          "either 'table' or 'store' is needed: a table's rows, or the keys of a Redis");
    }
    if (table.isPresent() && key.isEmpty()) {
      throw new IllegalArgumentException("key is missing: the column that the keys are in");
    }
    if (store.isPresent()
        && (key.isPresent() || value.isPresent() || shape.isPresent() || expires.isPresent())) {
      throw new IllegalArgumentException(
          "key, value, shape and expires are about a table's columns, and this has a store");
    }
    if (value.isPresent() && shape.equals(Optional.of(Shape.HASH))) {
      throw new IllegalArgumentException("a hash is all columns: leave 'value' or 'shape' out");
    }
    if (value.isEmpty() && shape.isPresent() && shape.get() != Shape.HASH) {
      throw new IllegalArgumentException("value is missing: the column that the value is in");
    }
  }

  /** What a key holds. */
  public enum Shape {
    STRING,
    HASH,
    JSON,
    COUNTER
  }

  /** What a key holds, said or not. */
  public Shape holds() {
    return shape.orElse(value.isPresent() ? Shape.STRING : Shape.HASH);
  }

  /**
   * The columns that the parts of a key are in, in the key's order.
   *
   * @throws IllegalStateException for keys of a store
   */
  public List<String> keyColumns() {
    String pattern = key.orElseThrow(IllegalStateException::new);
    if (pattern.indexOf('{') < 0) {
      return List.of(pattern);
    }
    List<String> columns = new ArrayList<>();
    Matcher matcher = COLUMN.matcher(pattern);
    while (matcher.find()) {
      columns.add(matcher.group(1));
    }
    return columns;
  }

  /** What may be kept of a collection, and how writes reach the store. */
  public record CacheConfig(
      @Doc("How old a kept value may be; 0s keeps none.") @Default("0s") Duration ttl,
      @Doc(
              "By how much ttl is shortened at most, by chance, so that what was kept together does"
                  + " not end together.")
          @Default("10%")
          Percent jitter,
      @Doc(
              "A value that is read in this last part of its ttl is loaded anew behind the answer; 0%"
                  + " waits until it is gone.")
          @Default("0%")
          Percent refreshAhead,
      @Doc("How long it is believed that a key has no row; ttl if that is shorter.") @Default("2s")
          Duration missing,
      @Doc(
              "How long a value past its ttl is still answered with while the store cannot be asked;"
                  + " 0s answers with the error.")
          @Default("0s")
          Duration staleIfError,
      @Doc("A Redis or Memcached store that is asked before the database, and filled behind it.")
          Optional<String> shared,
      @Doc(
              "through: the store first, then the caches, then the answer. around: as through, but the"
                  + " caches only forget. back: a durable log first, then the answer; the store"
                  + " follows. read-only: writes are refused.")
          @Default("through")
          WriteMode write,
      @Doc("With write back: how long writes may be gathered.") @Default("500ms") Duration flush) {

    public CacheConfig {
      Check.range("jitter", Math.round(jitter.share() * 100), 0, 90);
      Check.range("refresh-ahead", Math.round(refreshAhead.share() * 100), 0, 90);
      if (shared.isPresent() && ttl.isZero()) {
        throw new IllegalArgumentException("shared needs a ttl: how long values are kept there");
      }
    }
  }

  /** How writes reach the store. */
  public enum WriteMode {
    THROUGH,
    AROUND,
    BACK,
    READ_ONLY
  }
}
