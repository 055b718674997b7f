package dev.terrace.core.place;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which shard of a store holds a key. Shards are numbered from 0 in file order. SQL tables and
 * key-value collections share these placements, so that a row is found the same way through both.
 */
public sealed interface Placement {

  /** How many shards the store has. */
  int shards();

  /** Where a key lives, and why there. */
  Located locate(Key key);

  /** Where a key lives, without a reason. */
  default int shardOf(Key key) {
    return locate(key).shard();
  }

  /** The types of the columns of the key that {@link #locate(Key)} takes. */
  List<KeyType> keyTypes();

  /**
   * The type of the key's only column.
   *
   * @throws IllegalStateException if it has several
   */
  default KeyType keyType() {
    if (keyTypes().size() != 1) {
      throw new IllegalStateException("the key has the columns " + keyTypes());
    }
    return keyTypes().getFirst();
  }

  /**
   * Where the key of that text lives.
   *
   * @throws IllegalArgumentException if the text is no key of this type
   */
  default Located locate(String text) {
    return locate(keyType().parse(text));
  }

  /**
   * The outcome of a look-up.
   *
   * @param shard the shard to read the key from
   * @param reason for people: "hash(42) of 2 shards", "everywhere"
   */
  record Located(int shard, String reason) {}

  /** By PostgreSQL's partition hash modulo the number of shards. */
  record Hash(List<KeyType> keyTypes, int shards) implements Placement {

    public Hash {
      requireShards(shards);
      keyTypes = List.copyOf(keyTypes);
      if (keyTypes.isEmpty()) {
        throw new IllegalArgumentException("a key needs at least one column");
      }
    }

    /** Of a key of one column. */
    public Hash(KeyType keyType, int shards) {
      this(List.of(keyType), shards);
    }

    @Override
    public int shardOf(Key key) {
      return PartitionHash.remainder(key, shards);
    }

    @Override
    public Located locate(Key key) {
      int shard = shardOf(key);
      return new Located(
          shard, "hash(" + key.text() + ") is " + shard + " of 0 to " + (shards - 1));
    }
  }

  /**
   * By range: splits s1 &lt; s2 &lt; ... cut the keys into (-inf, s1), [s1, s2), ..., [sn, inf).
   * Range i lives on shard {@code owners.get(i)}. Of several columns, a split is the row of their
   * values; it may leave out the last ones, and is then before all that they may be.
   */
  record Range(List<KeyType> keyTypes, int shards, List<Key> splits, List<Integer> owners)
      implements Placement {

    public Range {
      requireShards(shards);
      keyTypes = List.copyOf(keyTypes);
      splits = List.copyOf(splits);
      owners = List.copyOf(owners);
      if (owners.size() != splits.size() + 1) {
        throw new IllegalArgumentException(
            splits.size()
                + " splits make "
                + (splits.size() + 1)
                + " ranges, not "
                + owners.size());
      }
      for (int i = 1; i < splits.size(); i++) {
        if (splits.get(i - 1).compareTo(splits.get(i)) >= 0) {
          throw new IllegalArgumentException(
              "splits must ascend: "
                  + splits.get(i).text()
                  + " comes after "
                  + splits.get(i - 1).text());
        }
      }
      for (int owner : owners) {
        if (owner < 0 || owner >= shards) {
          throw new IllegalArgumentException("there is no shard " + owner + " of " + shards);
        }
      }
    }

    /** Of a key of one column. */
    public Range(KeyType keyType, int shards, List<Key> splits, List<Integer> owners) {
      this(List.of(keyType), shards, splits, owners);
    }

    /** Ranges of one column dealt out to the shards in turn. */
    public static Range inTurn(KeyType keyType, int shards, List<Key> splits) {
      return inTurn(List.of(keyType), shards, splits);
    }

    /** Ranges dealt out to the shards in turn. */
    public static Range inTurn(List<KeyType> keyTypes, int shards, List<Key> splits) {
      requireShards(shards);
      List<Integer> owners =
          IntStream.rangeClosed(0, splits.size()).mapToObj(i -> i % shards).toList();
      return new Range(keyTypes, shards, splits, owners);
    }

    /** Which of the ranges a key is in, counted from 0. */
    public int rangeOf(Key key) {
      int found = Collections.binarySearch(splits, key);
      return found >= 0 ? found + 1 : -found - 1;
    }

    /** The range that keys right behind a cut are in. */
    public int rangeBehind(Cut cut) {
      return splitsUpTo(cut, true);
    }

    /** The range that keys right before a cut are in. */
    public int rangeBefore(Cut cut) {
      return splitsUpTo(cut, false);
    }

    /** How many splits are before a cut, with or without one that is the same. */
    private int splitsUpTo(Cut cut, boolean same) {
      int low = 0;
      int high = splits.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        int order = Cut.before(splits.get(middle)).compareTo(cut);
        if (order < 0 || (same && order == 0)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    @Override
    public int shardOf(Key key) {
      return owners.get(rangeOf(key));
    }

    @Override
    public Located locate(Key key) {
      int range = rangeOf(key);
      String from = range == 0 ? "(-inf" : "[" + shown(splits.get(range - 1));
      String to = range == splits.size() ? "inf)" : shown(splits.get(range)) + ")";
      return new Located(
          owners.get(range), shown(key) + " is in range " + range + " " + from + ", " + to);
    }

    private static String shown(Key key) {
      return key instanceof Key.Row ? "(" + key.text() + ")" : key.text();
    }
  }

  /** Some keys on shards of their own, all others where another placement has them. */
  record Directory(Map<Key, Integer> at, Placement rest) implements Placement {

    public Directory {
      at = Map.copyOf(at);
      for (Map.Entry<Key, Integer> own : at.entrySet()) {
        if (own.getValue() < 0 || own.getValue() >= rest.shards()) {
          throw new IllegalArgumentException(
              "there is no shard " + own.getValue() + " of " + rest.shards());
        }
      }
    }

    @Override
    public int shards() {
      return rest.shards();
    }

    @Override
    public List<KeyType> keyTypes() {
      return rest.keyTypes();
    }

    @Override
    public int shardOf(Key key) {
      Integer own = at.get(key);
      return own == null ? rest.shardOf(key) : own;
    }

    @Override
    public Located locate(Key key) {
      Integer own = at.get(key);
      if (own != null) {
        return new Located(own, key.text() + " is named with shard " + own);
      }
      return rest instanceof Single single
          ? new Located(single.shard(), key.text() + " is not named: shard " + single.shard())
          : rest.locate(key);
    }
  }

  /** Every shard holds all rows (a reference table): any shard serves a read, all take a write. */
  record Everywhere(KeyType keyType, int shards) implements Placement {

    public Everywhere {
      requireShards(shards);
    }

    @Override
    public List<KeyType> keyTypes() {
      return List.of(keyType);
    }

    @Override
    public Located locate(Key key) {
      // Spread over the shards by hash, so that one key is always read from the same one.
      int shard = PartitionHash.remainder(key, shards);
      return new Located(
          shard, "everywhere: any shard has it, " + key.text() + " is read from " + shard);
    }
  }

  /** All rows on one shard. */
  record Single(KeyType keyType, int shards, int shard) implements Placement {

    public Single {
      requireShards(shards);
      if (shard < 0 || shard >= shards) {
        throw new IllegalArgumentException("there is no shard " + shard + " of " + shards);
      }
    }

    @Override
    public List<KeyType> keyTypes() {
      return List.of(keyType);
    }

    @Override
    public Located locate(Key key) {
      return new Located(shard, "the table is on shard " + shard + " alone");
    }
  }

  private static void requireShards(int shards) {
    if (shards < 1) {
      throw new IllegalArgumentException("a store needs at least one shard, not " + shards);
    }
  }
}
