package dev.terrace.config.shape;

import dev.terrace.config.Doc;
import dev.terrace.config.ShardRule;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A table's placement as a mapping: by ranges, or by values that are named. */
record PlacementForm(
    @Doc(
            "The columns whose ranges are dealt to the shards: day, or \"land text, id\", bigint"
                + " without a type.")
        Optional<String> range,
    @Doc("The column whose values are named one by one.") Optional<String> list,
    @Doc("The column whose hash decides for all values that are not named.") Optional<String> hash,
    @Doc(
            "The type of a single column; read off the values if left out: bigint, numeric, boolean,"
                + " date, timestamp, timestamptz, else text.")
        Optional<KeyType> type,
    @Doc(
            "Of ranges: the first value of every range but the first, ascending; of several"
                + " columns their values with commas between, of which the last may be left out.")
        List<String> splits,
    @Doc("Of ranges: the shard of each, one more than there are splits; in turn if left out.")
        Optional<List<Integer>> shards,
    @Doc("Of list and hash: the shard of each value that is named.") Map<String, Integer> at,
    @Doc("Of list: the shard of all other values.") Optional<Integer> others) {

  private static final Pattern HASH = Pattern.compile("hash\\(([^()]*)\\)");
  private static final String EXPECTED =
      "hash(COLUMN), hash(COLUMN TYPE), \"hash(COLUMN, COLUMN)\", {range: COLUMN, splits: [...]},"
          + " {range: \"COLUMN, COLUMN\", ...}, {list: COLUMN, at: {VALUE:"
          + " SHARD}, others: SHARD}, {hash: COLUMN, at: {VALUE: SHARD}}, everywhere or single";

  /** The decimals that a column's type is read off: texts may well be NaN or 1e3. */
  private static final Pattern PLAIN_DECIMAL = Pattern.compile("[+-]?[0-9]+(?:\\.[0-9]+)?");

  PlacementForm {
    List<Optional<String>> columns =
        Stream.of(range, list, hash).filter(Optional::isPresent).toList();
    if (columns.size() != 1) {
      throw new IllegalArgumentException(
          columns.isEmpty()
              ? "one of the keys 'range', 'list' and 'hash' is missing"
              : "only one of 'range', 'list' and 'hash' can be there");
    }
    List<ShardColumns.Written> key = read(range, list, columns.getFirst().orElseThrow());
    if (range.isPresent()) {
      ranges(splits, shards, !at.isEmpty() || others.isPresent());
      keys(key(key, type, splits), splits);
    } else {
      named(hash.isPresent(), at, others, !splits.isEmpty() || shards.isPresent());
      named(key(key, type, List.copyOf(at.keySet())).getFirst().type(), at);
    }
  }

  private static List<ShardColumns.Written> read(
      Optional<String> range, Optional<String> list, String text) {
    String name = range.isPresent() ? "range" : list.isPresent() ? "list" : "hash";
    List<ShardColumns.Written> key;
    try {
      key = ShardColumns.read(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " " + e.getMessage(), e);
    }
    if (range.isEmpty() && key.size() > 1) {
      throw new IllegalArgumentException(name + " '" + text + "' must be one column");
    }
    return key;
  }

  /** The columns with their types; that of one alone may be read off the values. */
  private static List<ShardRule.Column> key(
      List<ShardColumns.Written> key, Optional<KeyType> type, List<String> values) {
    if (type.isPresent() && (key.size() > 1 || key.getFirst().type().isPresent())) {
      throw new IllegalArgumentException(
          "type is that of a single column; of several it stands behind each name, as in"
              + " \"a, b text\"");
    }
    if (key.size() > 1 || key.getFirst().type().isPresent()) {
      return key.stream().map(ShardColumns.Written::column).toList();
    }
    return List.of(
        new ShardRule.Column(key.getFirst().name(), type.orElseGet(() -> typeOf(values))));
  }

  private static void ranges(
      List<String> splits, Optional<List<Integer>> shards, boolean misplaced) {
    if (misplaced) {
      throw new IllegalArgumentException("'at' and 'others' belong to 'list' and 'hash'");
    }
    if (splits.isEmpty()) {
      throw new IllegalArgumentException(
          "splits needs at least one value; without any the table is 'single'");
    }
    int ranges = splits.size() + 1;
    if (shards.isPresent() && shards.get().size() != ranges) {
      throw new IllegalArgumentException(
          "shards must name "
              + ranges
              + " shards, one for each range that "
              + splits.size()
              + (splits.size() == 1 ? " split makes" : " splits make")
              + ", not "
              + shards.get().size());
    }
  }

  private static void named(
      boolean hash, Map<String, Integer> at, Optional<Integer> others, boolean misplaced) {
    if (misplaced) {
      throw new IllegalArgumentException("'splits' and 'shards' belong to 'range'");
    }
    if (at.isEmpty()) {
      throw new IllegalArgumentException("at needs at least one value with its shard");
    }
    if (hash && others.isPresent()) {
      throw new IllegalArgumentException(
          "others belongs to 'list'; with 'hash' the hash decides for all other values");
    }
    if (!hash && others.isEmpty()) {
      throw new IllegalArgumentException("the key 'others' is missing: the shard of other values");
    }
  }

  /** The named values as keys, none of them twice. */
  private static Map<Key, Integer> named(KeyType type, Map<String, Integer> at) {
    Map<Key, Integer> named = new LinkedHashMap<>();
    at.forEach((text, shard) -> {
      Key key;
      try {
        key = type.parse(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("at " + e.getMessage(), e);
      }
      if (named.put(key, shard) != null) {
        throw new IllegalArgumentException("at names " + key.text() + " twice");
      }
    });
    return named;
  }

  static FormShape shape() {
    ScalarShape text =
        ScalarShape.text(
            "sharding", EXPECTED, "single|everywhere|hash\\(.+\\)", PlacementForm::parse);
    return new FormShape(
        text.writing(rule -> written((ShardRule) rule)),
        RecordShape.of(PlacementForm.class),
        form -> ((PlacementForm) form).rule(),
        rule -> of((ShardRule) rule));
  }

  private static ShardRule parse(String text) {
    if (text.equals("everywhere")) {
      return new ShardRule.Everywhere();
    }
    if (text.equals("single")) {
      return new ShardRule.Single();
    }
    if (text.startsWith("hash(") && text.indexOf(')') < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' ends before its ')': quote it, as in \"hash(tenant, id)\"");
    }
    Matcher hash = HASH.matcher(text);
    if (!hash.matches() || hash.group(1).isBlank()) {
      throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
    }
    return new ShardRule.Hash(
        ShardColumns.read(hash.group(1)).stream().map(ShardColumns.Written::column).toList());
  }

  private static KeyType typeOf(List<String> splits) {
    for (KeyType type :
        List.of(
            KeyType.BIGINT,
            KeyType.NUMERIC,
            KeyType.BOOLEAN,
            KeyType.DATE,
            KeyType.TIMESTAMP,
            KeyType.TIMESTAMPTZ)) {
      if (splits.stream().allMatch(split -> isOf(type, split))) {
        return type;
      }
    }
    return KeyType.TEXT;
  }

  private static boolean isOf(KeyType type, String text) {
    try {
      type.parse(text);
      return type != KeyType.NUMERIC || PLAIN_DECIMAL.matcher(text).matches();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static List<Key> keys(List<ShardRule.Column> key, List<String> splits) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < splits.size(); i++) {
      try {
        keys.add(
            key.size() == 1
                ? key.getFirst().type().parse(splits.get(i))
                : SplitRows.read(splits.get(i), key));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("splits[" + i + "] " + e.getMessage(), e);
      }
      if (i > 0 && keys.get(i - 1).compareTo(keys.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "splits["
                + i
                + "] must ascend: "
                + keys.get(i).text()
                + " comes after "
                + keys.get(i - 1).text());
      }
    }
    return keys;
  }

  private ShardRule rule() {
    if (range.isPresent()) {
      List<ShardRule.Column> key = key(ShardColumns.read(range.get()), type, splits);
      return new ShardRule.Range(key, keys(key, splits), shards);
    }
    String text = list.or(() -> hash).orElseThrow();
    ShardRule.Column column =
        key(ShardColumns.read(text), type, List.copyOf(at.keySet())).getFirst();
    return new ShardRule.Directory(column.name(), column.type(), named(column.type(), at), others);
  }

  private static Object written(ShardRule rule) {
    return switch (rule) {
      case ShardRule.Everywhere() -> "everywhere";
      case ShardRule.Single() -> "single";
      case ShardRule.Hash(List<ShardRule.Column> key) -> "hash(" + ShardColumns.written(key) + ")";
      case ShardRule.Range range -> throw new IllegalStateException("no short form: " + range);
      case ShardRule.Directory at -> throw new IllegalStateException("no short form: " + at);
    };
  }

  private static Optional<Object> of(ShardRule rule) {
    return switch (rule) {
      case ShardRule.Range(List<ShardRule.Column> key, List<Key> splits, var owners) ->
          Optional.of(
              new PlacementForm(
                  Optional.of(key.size() == 1 ? key.getFirst().name() : ShardColumns.written(key)),
                  Optional.empty(),
                  Optional.empty(),
                  key.size() == 1 ? Optional.of(key.getFirst().type()) : Optional.empty(),
                  splits.stream().map(SplitRows::written).toList(),
                  owners,
                  Map.of(),
                  Optional.empty()));
      case ShardRule.Directory directory -> Optional.of(of(directory));
      case ShardRule.Hash _, ShardRule.Everywhere _, ShardRule.Single _ -> Optional.empty();
    };
  }

  private static PlacementForm of(ShardRule.Directory rule) {
    Optional<String> name = Optional.of(rule.name());
    boolean list = rule.others().isPresent();
    Map<String, Integer> at = new LinkedHashMap<>();
    rule.at().forEach((key, shard) -> at.put(key.text(), shard));
    return new PlacementForm(
        Optional.empty(),
        list ? name : Optional.empty(),
        list ? Optional.empty() : name,
        Optional.of(rule.type()),
        List.of(),
        Optional.empty(),
        at,
        rule.others());
  }
}
