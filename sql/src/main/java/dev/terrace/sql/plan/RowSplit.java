package dev.terrace.sql.plan;

import dev.terrace.core.place.Placement;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Splits an INSERT whose rows belong to several shards: each gets the same statement with its rows
 * alone, cut out of the text.
 */
final class RowSplit {

  private final Tree.Values rows;
  private final Findings.Restriction keys;
  private final KeyReader reader;

  /**
   * For an INSERT.
   *
   * @param keys has one key for each row
   */
  RowSplit(Tree.Values rows, Findings.Restriction keys, KeyReader reader) {
    this.rows = rows;
    this.keys = keys;
    this.reader = reader;
  }

  Gather split() {
    Lexed lexed = reader.lexed();
    List<Span> spans = rows.spans();
    List<List<Operand>> keysOfRows = keysOfRows();
    String head = lexed.text.substring(0, lexed.start(spans.getFirst().from()));
    SortedMap<Integer, StringBuilder> texts = new TreeMap<>();
    for (int row = 0; row < spans.size(); row++) {
      int shard = shardOf(keysOfRows.get(row));
      StringBuilder text = texts.get(shard);
      if (text == null) {
        text = new StringBuilder(head);
        texts.put(shard, text);
      } else {
        text.append(", ");
      }
      Span span = spans.get(row);
      text.append(lexed.text, lexed.start(span.from()), lexed.end(span.to() - 1));
    }
    String tail = lexed.text.substring(lexed.end(spans.getLast().to() - 1));
    SortedMap<Integer, String> parts = new TreeMap<>();
    texts.forEach((shard, text) -> parts.put(shard, text.append(tail).toString()));
    return new Gather.Split(parts, calls());
  }

  private List<List<Operand>> keysOfRows() {
    return switch (keys.bounds().getFirst()) {
      case Bound.OneOf(List<Operand> values) -> values.stream().map(List::of).toList();
      case Bound.Rows(List<List<Operand>> all) -> all;
      case Bound other -> throw new IllegalStateException("no keys of rows: " + other);
    };
  }

  private int shardOf(List<Operand> keyOfRow) {
    Placement placement = keys.table().placement();
    int[] shard = {-1};
    reader.row(keyOfRow, placement, key -> shard[0] = placement.shardOf(key));
    return shard[0];
  }

  /** A function may give several rows, which PostgreSQL takes in a single row of VALUES only. */
  private boolean calls() {
    return rows.rows().stream()
        .flatMap(List::stream)
        .anyMatch(value -> Exprs.any(value, e -> e instanceof Expr.Call));
  }
}
