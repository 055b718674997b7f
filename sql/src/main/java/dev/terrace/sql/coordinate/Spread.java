package dev.terrace.sql.coordinate;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Quoted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a sharded table's foreign tables stand to their parent: as native partitions where PostgreSQL
 * has the very same rule, so that it asks only the shards that a condition allows and joins and
 * groups shard by shard; else as children of which all are asked.
 */
sealed interface Spread {

  /** What comes after the parent's columns. */
  String ofParent();

  /** What stands for the relation of a shard's table to the parent; empty if it has no rows. */
  Optional<String> ofChild(String parent, int shard);

  /** By native partitions: a bound for each shard that has rows. */
  record Partitions(String by, List<Optional<String>> bounds) implements Spread {
    public Partitions {
      bounds = List.copyOf(bounds);
    }

    @Override
    public String ofParent() {
      return " partition by " + by;
    }

    @Override
    public Optional<String> ofChild(String parent, int shard) {
      return bounds.get(shard).map(bound -> " partition of " + parent + " for values " + bound);
    }
  }

  /** By inheritance. */
  record Children() implements Spread {
    @Override
    public String ofParent() {
      return "";
    }

    @Override
    public Optional<String> ofChild(String parent, int shard) {
      return Optional.of(" () inherits (" + parent + ")");
    }
  }

  /** The way for a table whose sharding key are those columns. */
  static Spread of(Placement placement, List<Column> key) {
    String names = key.stream().map(c -> Quoted.name(c.name())).collect(Collectors.joining(", "));
    boolean same =
        IntStream.range(0, key.size()).allMatch(i -> isOf(placement.keyTypes().get(i), key.get(i)));
    if (same && placement instanceof Placement.Hash hash) {
      List<Optional<String>> bounds = new ArrayList<>();
      for (int shard = 0; shard < hash.shards(); shard++) {
        bounds.add(Optional.of("with (modulus " + hash.shards() + ", remainder " + shard + ")"));
      }
      return new Partitions("hash (" + names + ")", bounds);
    }
    if (same
        && placement instanceof Placement.Range range
        && range.keyTypes().stream().noneMatch(KeyType::isCollated)
        && distinct(range.owners())) {
      return new Partitions("range (" + names + ")", bounds(range));
    }
    return new Children();
  }

  /** Whether PostgreSQL hashes and orders the column as the placement does. */
  private static boolean isOf(KeyType type, Column key) {
    Set<String> types =
        switch (type) {
          case BIGINT -> Set.of("bigint", "integer", "smallint");
          case NUMERIC -> Set.of("numeric");
          case TEXT -> Set.of("text", "character varying");
          case BPCHAR -> Set.of("character", "bpchar");
          case BYTEA -> Set.of("bytea");
          case BOOLEAN -> Set.of("boolean");
          case UUID -> Set.of("uuid");
          case DATE -> Set.of("date");
          case TIMESTAMP -> Set.of("timestamp without time zone");
          case TIMESTAMPTZ -> Set.of("timestamp with time zone");
        };
    // What a collation takes for equal it must hash alike.
    boolean plain = key.collation().isEmpty() || key.collation().equals("pg_catalog.\"C\"");
    return plain && types.contains(key.type().replaceAll("\\(.*", ""));
  }

  /** A shard with two ranges would be two partitions, and each would give all its rows. */
  private static boolean distinct(List<Integer> owners) {
    return new HashSet<>(owners).size() == owners.size();
  }

  private static List<Optional<String>> bounds(Placement.Range range) {
    List<Optional<String>> bounds = new ArrayList<>();
    List<Key> splits = range.splits();
    for (int shard = 0; shard < range.shards(); shard++) {
      int at = range.owners().indexOf(shard);
      if (at < 0) {
        bounds.add(Optional.empty());
      } else {
        int width = range.keyTypes().size();
        String from = at == 0 ? repeated("minvalue", width) : values(splits.get(at - 1), width);
        String to =
            at == splits.size() ? repeated("maxvalue", width) : values(splits.get(at), width);
        bounds.add(Optional.of("from (" + from + ") to (" + to + ")"));
      }
    }
    return bounds;
  }

  private static String repeated(String bound, int width) {
    return String.join(", ", Collections.nCopies(width, bound));
  }

  /** A split's values; those that it leaves out are below all others. */
  private static String values(Key split, int width) {
    List<Key> columns = split instanceof Key.Row(List<Key> several) ? several : List.of(split);
    List<String> values = new ArrayList<>(Collections.nCopies(width, "minvalue"));
    for (int i = 0; i < columns.size(); i++) {
      values.set(i, Quoted.text(columns.get(i).text()));
    }
    return String.join(", ", values);
  }
}
