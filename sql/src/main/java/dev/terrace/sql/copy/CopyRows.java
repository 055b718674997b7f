package dev.terrace.sql.copy;

import dev.terrace.sql.plan.CopyFormat;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** COPY data that is cut into rows, however the bytes come in. */
public interface CopyRows {

  /** Takes the rows. What it is given is valid during the call alone. */
  interface Sink {

    /**
     * A row.
     *
     * @param line where it is, counted from 1
     * @param fields the columns that were looked for, without quotes and escapes; null for NULL
     */
    void row(byte[] from, int at, int length, long line, List<byte @Nullable []> fields)
        throws CopyFailure;

    /** What belongs to no row: a header, an end mark. */
    void mark(byte[] from, int at, int length);
  }

  /** Cuts data, which is read to its end. */
  void add(ByteBuf data, Sink to) throws CopyFailure;

  /** Nothing more will come. */
  void end(Sink to) throws CopyFailure;

  /**
   * For data in a format.
   *
   * @param columns which columns are looked for, counted from 0
   * @param rowMax how long a row may be in bytes
   */
  static CopyRows of(CopyFormat format, List<Integer> columns, int rowMax) {
    return switch (format.kind()) {
      case TEXT ->
          new LineRows(
              format,
              columns.stream().map(column -> new TextField(format, column)).toList(),
              rowMax);
      case CSV ->
          new LineRows(
              format,
              columns.stream().map(column -> new CsvField(format, column)).toList(),
              rowMax);
      case BINARY -> new BinaryRows(columns, rowMax);
    };
  }
}
