package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The order of rows by their last columns, which are sort keys in binary format. */
public final class RowOrder {

  /**
   * A sort key.
   *
   * @param typeOid its type
   * @param plain whether text is compared by its bytes
   */
  public record SortKey(int typeOid, boolean descending, boolean nullsFirst, boolean plain) {}

  /** A row and where its keys are; the order's own. */
  public static final class Row {
    private final ByteBuf body;
    private final int[] keys;

    private Row(ByteBuf body, int[] keys) {
      this.body = body;
      this.keys = keys;
    }

    /** The message's body. */
    public ByteBuf body() {
      return body;
    }

    /** Where the keys begin, and so where what the client gets ends. */
    public int end() {
      return keys.length == 0 ? body.writerIndex() : keys[0];
    }
  }

  private final List<SortKey> keys;
  private final KeyComparison[] comparisons;

  private RowOrder(List<SortKey> keys, KeyComparison[] comparisons) {
    this.keys = keys;
    this.comparisons = comparisons;
  }

  /** The order by these keys; empty if one of them is of a type that only a server can compare. */
  public static Optional<RowOrder> of(List<SortKey> keys) {
    List<KeyComparison> comparisons = new ArrayList<>();
    for (SortKey key : keys) {
      Optional<KeyComparison> comparison = KeyComparison.of(key.typeOid(), key.plain());
      if (comparison.isEmpty()) {
        return Optional.empty();
      }
      comparisons.add(comparison.get());
    }
    return Optional.of(new RowOrder(keys, comparisons.toArray(KeyComparison[]::new)));
  }

  /** A row, with the last columns as keys. */
  public static Row row(ByteBuf body, int keyCount) {
    int columns = DataRow.columns(body);
    int[] found = new int[keyCount];
    int at = body.readerIndex() + 2;
    for (int i = 0; i < columns; i++) {
      int key = i - (columns - keyCount);
      if (key >= 0) {
        found[key] = at;
      }
      at = DataRow.next(body, at);
    }
    return new Row(body, found);
  }

  /** As comparators do. */
  public int compare(Row left, Row right) {
    for (int i = 0; i < comparisons.length; i++) {
      int result = compare(i, left, right);
      if (result != 0) {
        return result;
      }
    }
    return 0;
  }

  private int compare(int key, Row left, Row right) {
    SortKey of = keys.get(key);
    int leftAt = left.keys[key];
    int rightAt = right.keys[key];
    int leftLength = left.body.getInt(leftAt);
    int rightLength = right.body.getInt(rightAt);
    if (leftLength < 0 || rightLength < 0) {
      int nulls = Boolean.compare(leftLength < 0, rightLength < 0);
      return of.nullsFirst() ? -nulls : nulls;
    }
    int result =
        comparisons[key].compare(
            left.body.slice(leftAt + 4, leftLength), right.body.slice(rightAt + 4, rightLength));
    return of.descending() ? -result : result;
  }
}
