package dev.terrace.sql.plan;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows that every shard sorts. */
public final class SortedRows {

  /** One key of the order, as a column behind those that the client gets. */
  public record MergeKey(boolean descending, boolean nullsFirst, boolean plainCollation) {}

  /**
   * What the shards are asked once the columns are known.
   *
   * @param keys the last columns of the partial statement
   */
  public record Partial(String sql, List<MergeKey> keys, String ordering, String keyColumns) {

    /**
     * A statement by which a server sorts rows whose keys Terrace holds: their numbers, in order.
     * Its parameters are arrays, one for each key, from {@code $first} on. The partial statement
     * stands in it, never run, to give the keys their types and collations.
     */
    public String ordered(int first, long offset, long count) {
      StringBuilder arrays = new StringBuilder();
      for (int i = 0; i < keys.size(); i++) {
        arrays.append(i == 0 ? "$" : ", $").append(first + i);
      }
      String names =
          IntStream.rangeClosed(1, keys.size())
              .mapToObj(i -> "k" + i)
              .collect(Collectors.joining(", "));
      return "SELECT n FROM ((SELECT "
          + names
          + ", NULL::bigint FROM ("
          + sql
          + ") AS q("
          + keyColumns
          + ") LIMIT 0) UNION ALL SELECT * FROM unnest("
          + arrays
          + ") WITH ORDINALITY) AS p("
          + names
          + ", n) ORDER BY "
          + ordering
          + (count == Limits.ALL ? "" : " LIMIT " + count)
          + (offset == 0 ? "" : " OFFSET " + offset);
    }
  }

  private final RowText rows;
  private final Limits limits;

  SortedRows(RowText rows, Limits limits) {
    this.rows = rows;
    this.limits = limits;
  }

  /** How many rows are passed over. */
  public long offset() {
    return limits.offset();
  }

  /** How many rows are wanted, {@link Limits#ALL} for all. */
  public long count() {
    return limits.count();
  }

  /** The partial statement, by the names of the statement's columns. */
  public Partial partial(List<String> names) throws GatherFailure {
    RowText.Named named = rows.named(names);
    List<MergeKey> keys =
        named.keys().stream()
            .map(k -> new MergeKey(k.sort().descending(), k.sort().nullsFirst(), k.plain()))
            .toList();
    StringBuilder sql = new StringBuilder("SELECT ");
    StringBuilder columns = new StringBuilder();
    for (String output : named.outputs()) {
      sql.append(output).append(", ");
      columns.append(output).append(", ");
    }
    StringBuilder ordering = new StringBuilder();
    for (int i = 0; i < keys.size(); i++) {
      RowText.SortKey key = named.keys().get(i);
      String comma = i == 0 ? "" : ", ";
      sql.append(comma).append(key.column());
      columns.append(comma).append('k').append(i + 1);
      ordering.append(comma).append(("k" + (i + 1) + " " + key.direction()).strip());
    }
    sql.append(" FROM (")
        .append(rows.inner(named))
        .append(") AS q(")
        .append(String.join(", ", named.all()))
        .append(')')
        .append(named.orderBy())
        .append(limits.clause());
    return new Partial(sql.toString(), keys, ordering.toString(), columns.toString());
  }

  Gather.Told told() {
    try {
      Partial partial = partial(rows.likelyNames());
      return new Gather.Told(
          "merge",
          "every shard sorts, its rows are merged by "
              + partial.keys().size()
              + " keys; text by a server, as only it knows the collation",
          List.of(new Gather.Step("partial", partial.sql())));
    } catch (GatherFailure e) {
      return new Gather.Told("merge", e.detail(), List.of());
    }
  }
}
