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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table's placement as a mapping: by ranges, or by values that are named. */
record PlacementForm(
    @Doc("The column whose ranges are dealt to the shards.") Optional<String> range,
    @Doc("The column whose values are named one by one.") Optional<String> list,
    @Doc("The column whose hash decides for all values that are not named.") Optional<String> hash,
    @Doc(
            "The column's type; read off the values if left out: bigint, numeric, boolean,"
                + " date, timestamp, timestamptz, else text.")
        Optional<KeyType> type,
    @Doc("Of ranges: the first value of every range but the first, ascending.") List<String> splits,
    @Doc("Of ranges: the shard of each, one more than there are splits; in turn if left out.")
        Optional<List<Integer>> shards,
    @Doc("Of list and hash: the shard of each value that is named.") Map<String, Integer> at,
    @Doc("Of list: the shard of all other values.") Optional<Integer> others) {

  private static final String COLUMN = "[A-Za-z_][A-Za-z0-9_$]*";
  private static final Pattern HASH = Pattern.compile("hash\\(([^()]*)\\)");
  private static final Pattern HASHED_COLUMN = Pattern.compile("\\s*([^\\s]+)(?:\\s+(\\w+))?\\s*");
  private static final String EXPECTED =
      "hash(COLUMN), hash(COLUMN TYPE), \"hash(COLUMN, COLUMN)\", {range: COLUMN, splits: [...]}, {list: COLUMN, at: {VALUE:"
          + " SHARD}, others: SHARD}, {hash: COLUMN, at: {VALUE: SHARD}}, everywhere or single";

  /** Other names of types than their first ones. */
  private static final Map<String, KeyType> OTHER_NAMES =
      Map.of(
          "integer", KeyType.BIGINT,
          "int", KeyType.BIGINT,
          "smallint", KeyType.BIGINT,
          "decimal", KeyType.NUMERIC,
          "varchar", KeyType.TEXT,
          "char", KeyType.BPCHAR,
          "bool", KeyType.BOOLEAN);

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
    String column = columns.getFirst().orElseThrow();
    if (!column.matches(COLUMN)) {
      String key = range.isPresent() ? "range" : list.isPresent() ? "list" : "hash";
      throw new IllegalArgumentException(key + " '" + column + "' is not a column's name");
    }
    if (range.isPresent()) {
      ranges(type, splits, shards, !at.isEmpty() || others.isPresent());
    } else {
      named(hash.isPresent(), at, others, !splits.isEmpty() || shards.isPresent());
      named(type.orElseGet(() -> typeOf(List.copyOf(at.keySet()))), at);
    }
  }

  private static void ranges(
      Optional<KeyType> type,
      List<String> splits,
      Optional<List<Integer>> shards,
      boolean misplaced) {
    if (misplaced) {
      throw new IllegalArgumentException("'at' and 'others' belong to 'list' and 'hash'");
    }
    if (splits.isEmpty()) {
      throw new IllegalArgumentException(
          "splits needs at least one value; without any the table is 'single'");
    }
    keys(type.orElseGet(() -> typeOf(splits)), splits);
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
    List<ShardRule.Column> key = new ArrayList<>();
    for (String part : hash.group(1).split(",", -1)) {
      ShardRule.Column column = column(part);
      if (key.stream().anyMatch(other -> other.name().equals(column.name()))) {
        throw new IllegalArgumentException("'" + text + "' names " + column.name() + " twice");
      }
      key.add(column);
    }
    return new ShardRule.Hash(key);
  }

  private static ShardRule.Column column(String text) {
    Matcher column = HASHED_COLUMN.matcher(text);
    if (!column.matches() || !column.group(1).matches(COLUMN)) {
      throw new IllegalArgumentException("'" + text.strip() + "' is not a column's name");
    }
    String name = column.group(2);
    return new ShardRule.Column(column.group(1), name == null ? KeyType.BIGINT : typeNamed(name));
  }

  private static KeyType typeNamed(String name) {
    KeyType other = OTHER_NAMES.get(name);
    if (other != null) {
      return other;
    }
    return Stream.of(KeyType.values())
        .filter(type -> type.sqlName().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'"
                    + name
                    + "' is not a type of keys: "
                    + Stream.of(KeyType.values())
                        .map(KeyType::sqlName)
                        .collect(Collectors.joining(", "))));
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

  private static List<Key> keys(KeyType type, List<String> splits) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < splits.size(); i++) {
      try {
        keys.add(type.parse(splits.get(i)));
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
    List<String> values = range.isPresent() ? splits : List.copyOf(at.keySet());
    KeyType known = type.orElseGet(() -> typeOf(values));
    return range.isPresent()
        ? new ShardRule.Range(range.get(), known, keys(known, splits), shards)
        : new ShardRule.Directory(
            list.or(() -> hash).orElseThrow(), known, named(known, at), others);
  }

  private static Object written(ShardRule rule) {
    return switch (rule) {
      case ShardRule.Everywhere() -> "everywhere";
      case ShardRule.Single() -> "single";
      case ShardRule.Hash(List<ShardRule.Column> key) ->
          key.stream().map(PlacementForm::written).collect(Collectors.joining(", ", "hash(", ")"));
      case ShardRule.Range range -> throw new IllegalStateException("no short form: " + range);
      case ShardRule.Directory at -> throw new IllegalStateException("no short form: " + at);
    };
  }

  private static String written(ShardRule.Column column) {
    return column.type() == KeyType.BIGINT
        ? column.name()
        : column.name() + " " + column.type().sqlName();
  }

  private static Optional<Object> of(ShardRule rule) {
    return switch (rule) {
      case ShardRule.Range(String name, KeyType type, List<Key> splits, var owners) ->
          Optional.of(
              new PlacementForm(
                  Optional.of(name),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(type),
                  splits.stream().map(Key::text).toList(),
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
