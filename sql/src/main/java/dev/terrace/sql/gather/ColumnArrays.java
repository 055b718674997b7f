package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Columns of rows, each becoming an array in binary format. */
public final class ColumnArrays {

  private static final int HEADER = 20;

  /** The elements of one array as they are in rows: length, bytes. */
  private static final class Column {
    byte[] elements = new byte[256];
    int size;
    boolean nulls;

    void add(ByteBuf row, int at, int length) {
      if (size + length > elements.length) {
        elements = Arrays.copyOf(elements, Math.max(size + length, growth(elements.length)));
      }
      row.getBytes(at, elements, size, length);
      size += length;
    }

    private static int growth(int length) {
      return (int) Math.min(2L * length, Integer.MAX_VALUE - 16);
    }
  }

  private final Column[] columns;
  private int rows;
  private long bytes;

  /** For rows with that many columns. */
  public ColumnArrays(int count) {
    columns = new Column[count];
    Arrays.setAll(columns, i -> new Column());
  }

  /** How many rows there are. */
  public int rows() {
    return rows;
  }

  /** How much memory their values take. */
  public long bytes() {
    return bytes;
  }

  /** Adds a row's columns from the one that starts at {@code at} on. */
  public void add(ByteBuf body, int at) {
    int next = at;
    for (Column column : columns) {
      int start = next;
      column.nulls |= body.getInt(start) < 0;
      next = DataRow.next(body, start);
      column.add(body, start, next - start);
    }
    bytes += next - at;
    rows++;
  }

  /** How long an array is as a parameter's value. */
  public int length(int column) {
    return rows == 0 ? 12 : HEADER + columns[column].size;
  }

  /** An array as a parameter's value, without its length. */
  public ByteBuf array(int column, int elementType) {
    ByteBuf header = Unpooled.buffer(HEADER);
    header
        .writeInt(rows == 0 ? 0 : 1)
        .writeInt(columns[column].nulls ? 1 : 0)
        .writeInt(elementType);
    if (rows == 0) {
      return header;
    }
    header.writeInt(rows).writeInt(1);
    return Unpooled.wrappedBuffer(
        header, Unpooled.wrappedBuffer(columns[column].elements, 0, columns[column].size));
  }
}
