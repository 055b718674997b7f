package dev.terrace.config.shape;

import dev.terrace.config.Doc;
import dev.terrace.config.ShardRule;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table's placement by ranges, as a mapping; the other placements are short texts. */
record RangeForm(
    @Doc("The column whose ranges are dealt to the shards.") String range,
    @Doc("The column's type; read off the splits if left out: bigint, date, else text.")
        Optional<KeyType> type,
    @Doc("The first value of every range but the first, ascending.") List<String> splits,
    @Doc("The shard of each range, one more than there are splits; in turn if left out.")
        Optional<List<Integer>> shards) {

  private static final String COLUMN = "[A-Za-z_][A-Za-z0-9_$]*";
  private static final Pattern HASH =
      Pattern.compile("hash\\(\\s*([^()\\s]+)(?:\\s+(\\w+))?\\s*\\)");
  private static final String EXPECTED =
      "hash(COLUMN), hash(COLUMN TYPE), {range: COLUMN, splits: [...]}, everywhere or single";

  RangeForm {
    if (!range.matches(COLUMN)) {
      throw new IllegalArgumentException("range '" + range + "' is not a column's name");
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

  static FormShape shape() {
    ScalarShape text =
        ScalarShape.text("sharding", EXPECTED, "single|everywhere|hash\\(.+\\)", RangeForm::parse);
    return new FormShape(
        text.writing(rule -> written((ShardRule) rule)),
        RecordShape.of(RangeForm.class),
        form -> ((RangeForm) form).rule(),
        rule -> of((ShardRule) rule));
  }

  private static ShardRule parse(String text) {
    if (text.equals("everywhere")) {
      return new ShardRule.Everywhere();
    }
    if (text.equals("single")) {
      return new ShardRule.Single();
    }
    Matcher hash = HASH.matcher(text);
    if (!hash.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
    }
    if (!hash.group(1).matches(COLUMN)) {
      throw new IllegalArgumentException("'" + hash.group(1) + "' is not a column's name");
    }
    String type = hash.group(2);
    return new ShardRule.Hash(hash.group(1), type == null ? KeyType.BIGINT : hashType(type));
  }

  private static KeyType hashType(String name) {
    for (KeyType type : KeyType.values()) {
      if (type.sqlName().equals(name)) {
        if (type == KeyType.DATE) {
          throw new IllegalArgumentException(
              "a date is sharded by range, not by hash: {range: COLUMN, splits: [...]}");
        }
        return type;
      }
    }
    throw new IllegalArgumentException(
        "'" + name + "' is not a type that can be hashed: bigint, text or uuid");
  }

  private static KeyType typeOf(List<String> splits) {
    for (KeyType type : List.of(KeyType.BIGINT, KeyType.DATE)) {
      if (splits.stream().allMatch(split -> isOf(type, split))) {
        return type;
      }
    }
    return KeyType.TEXT;
  }

  private static boolean isOf(KeyType type, String text) {
    try {
      type.parse(text);
      return true;
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
    KeyType known = type.orElseGet(() -> typeOf(splits));
    return new ShardRule.Range(range, known, keys(known, splits), shards);
  }

  private static Object written(ShardRule rule) {
    return switch (rule) {
      case ShardRule.Everywhere() -> "everywhere";
      case ShardRule.Single() -> "single";
      case ShardRule.Hash(String name, KeyType type) ->
          type == KeyType.BIGINT
              ? "hash(" + name + ")"
              : "hash(" + name + " " + type.sqlName() + ")";
      case ShardRule.Range range -> throw new IllegalStateException("no short form: " + range);
    };
  }

  private static Optional<Object> of(ShardRule rule) {
    return rule instanceof ShardRule.Range(String name, KeyType type, List<Key> splits, var owners)
        ? Optional.of(
            new RangeForm(name, Optional.of(type), splits.stream().map(Key::text).toList(), owners))
        : Optional.empty();
  }
}
