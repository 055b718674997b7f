package dev.terrace.sql.gather;

import io.netty.buffer.ByteBuf;

/** Where the columns of a row are in a DataRow message's body: each its length, then its bytes. */
public final class DataRow {

  private static final int HEADER = 5;

  private DataRow() {}

  /** How many columns it has. */
  public static int columns(ByteBuf body) {
    return body.getUnsignedShort(body.readerIndex());
  }

  /** Where the column after one that starts there starts. */
  public static int next(ByteBuf body, int at) {
    return at + 4 + Math.max(0, body.getInt(at));
  }

  /** Where a column starts. */
  public static int at(ByteBuf body, int column) {
    int at = body.readerIndex() + 2;
    for (int i = 0; i < column; i++) {
      at = next(body, at);
    }
    return at;
  }

  /** Writes a whole message with the first columns of a row, which end before {@code end}. */
  public static void write(ByteBuf body, int columns, int end, ByteBuf out) {
    int from = body.readerIndex() + 2;
    out.writeByte('D').writeInt(end - from + 6).writeShort(columns);
    out.writeBytes(body, from, end - from);
  }

  /** How long that message is. */
  public static int length(ByteBuf body, int end) {
    return HEADER + end - body.readerIndex();
  }
}
