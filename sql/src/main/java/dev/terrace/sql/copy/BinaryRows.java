package dev.terrace.sql.copy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows in binary format. */
final class BinaryRows implements CopyRows {

  private static final byte[] SIGNATURE =
      "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  /** Signature, flags and the length of an extension. */
  private static final int HEAD = 19;

  private final List<Integer> wanted;
  private final int last;
  private final RowBuffer buffer;
  private boolean headed;
  private boolean over;
  private long row = 1;

  /** How many columns the row has and which one comes next; -1 between rows. */
  private int count = -1;

  private int next;
  private byte[] @Nullable [] fields = {};

  BinaryRows(List<Integer> columns, int rowMax) {
    this.wanted = List.copyOf(columns);
    this.last = Collections.max(columns);
    this.buffer = new RowBuffer(rowMax);
  }

  @Override
  public void add(ByteBuf data, Sink to) throws CopyFailure {
    buffer.add(data);
    if (!headed && !head(to)) {
      return;
    }
    while (!over && (count >= 0 || begins(to)) && columns()) {
      if (count <= last) {
        throw FieldFinder.missing("row " + row);
      }
      to.row(buffer.bytes, buffer.start, buffer.at - buffer.start, row, Arrays.asList(fields));
      row++;
      count = -1;
      buffer.start = buffer.at;
    }
    if (over && buffer.start < buffer.end) {
      throw CopyFailure.malformed("received copy data after EOF marker");
    }
  }

  private boolean head(Sink to) throws CopyFailure {
    int known = Math.min(buffer.end, SIGNATURE.length);
    if (!Arrays.equals(buffer.bytes, 0, known, SIGNATURE, 0, known)) {
      throw CopyFailure.malformed("COPY file signature not recognized");
    }
    if (buffer.end < HEAD) {
      return false;
    }
    buffer.at = HEAD - 4;
    int more = buffer.readInt();
    if (more < 0) {
      throw CopyFailure.malformed("invalid COPY file header");
    }
    if (!buffer.has(more)) {
      return false;
    }
    buffer.at += more;
    to.mark(buffer.bytes, 0, buffer.at);
    buffer.start = buffer.at;
    headed = true;
    return true;
  }

  /** Reads how many columns a row has, which may say that there are no more rows. */
  private boolean begins(Sink to) throws CopyFailure {
    if (!buffer.has(2)) {
      return false;
    }
    int columns = buffer.readShort();
    if (columns == -1) {
      over = true;
      to.mark(buffer.bytes, buffer.start, 2);
      buffer.start = buffer.at;
      return false;
    }
    if (columns < 0) {
      throw CopyFailure.malformed("a row cannot have " + columns + " columns, row " + row);
    }
    count = columns;
    next = 0;
    fields = new byte[wanted.size()][];
    return true;
  }

  /** Passes over the row's columns; false if they are not all there. */
  private boolean columns() throws CopyFailure {
    while (next < count) {
      if (!buffer.has(4)) {
        return false;
      }
      int before = buffer.at;
      int length = buffer.readInt();
      if (length < -1) {
        throw CopyFailure.malformed("a column's size cannot be " + length + ", row " + row);
      }
      if (!buffer.has(Math.max(0, length))) {
        buffer.at = before;
        return false;
      }
      int field = wanted.indexOf(next);
      if (field >= 0 && length >= 0) {
        fields[field] = Arrays.copyOfRange(buffer.bytes, buffer.at, buffer.at + length);
      }
      buffer.at += Math.max(0, length);
      next++;
    }
    return true;
  }

  @Override
  public void end(Sink to) throws CopyFailure {
    if (!headed) {
      throw CopyFailure.malformed("COPY file signature not recognized");
    }
    if (buffer.start < buffer.end) {
      throw CopyFailure.malformed("unexpected EOF in COPY data, row " + row);
    }
  }
}
