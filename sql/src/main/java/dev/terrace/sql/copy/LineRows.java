package dev.terrace.sql.copy;

import dev.terrace.sql.plan.CopyFormat;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are lines, as in text and CSV format. The first line's end says how lines end, as
 * PostgreSQL has it: each shard sees another first line, so that an end of another kind must not
 * get by here.
 */
final class LineRows implements CopyRows {

  private enum End {
    UNKNOWN,
    NEWLINE,
    RETURN,
    BOTH
  }

  private final List<? extends FieldFinder> fields;
  private final boolean csv;
  private final byte quote;
  private final byte escape;
  private final RowBuffer buffer;
  private End lineEnd = End.UNKNOWN;
  private boolean header;
  private boolean quoted;
  private boolean escaped;
  private boolean over;
  private long line = 1;
  private long within;

  LineRows(CopyFormat format, List<? extends FieldFinder> fields, int rowMax) {
    this.fields = fields;
    this.csv = format.kind() == CopyFormat.Kind.CSV;
    this.quote = format.quote();
    this.escape = format.escape();
    this.header = format.header();
    this.buffer = new RowBuffer(rowMax);
  }

  @Override
  public void add(ByteBuf data, Sink to) throws CopyFailure {
    if (over) {
      // What follows an end mark is ignored.
      data.skipBytes(data.readableBytes());
      return;
    }
    buffer.add(data);
    scan(false, to);
  }

  @Override
  public void end(Sink to) throws CopyFailure {
    scan(true, to);
    if (!over && buffer.start < buffer.end) {
      row(buffer.end, buffer.end, to);
    }
  }

  private void scan(boolean last, Sink to) throws CopyFailure {
    while (!over && buffer.at < buffer.end) {
      byte b = buffer.bytes[buffer.at];
      boolean twofold = (b == '\\' && !csv) || (b == '\r' && !quoted);
      if (twofold && !last && !buffer.has(2)) {
        return;
      }
      if (b == '\\' && !csv) {
        buffer.at = Math.min(buffer.at + 2, buffer.end);
      } else if ((b == '\n' || b == '\r') && !quoted) {
        lineEnd(b, to);
      } else {
        if (csv) {
          quotes(b);
        }
        within += b == '\n' ? 1 : 0;
        buffer.at++;
      }
    }
  }

  private void quotes(byte b) {
    if (quoted && b == escape && escape != quote) {
      escaped = !escaped;
    }
    if (b == quote && !escaped) {
      quoted = !quoted;
    }
    if (b != escape || escape == quote) {
      escaped = false;
    }
  }

  private void lineEnd(byte b, Sink to) throws CopyFailure {
    boolean both = b == '\r' && buffer.has(2) && buffer.bytes[buffer.at + 1] == '\n';
    End found = b == '\n' ? End.NEWLINE : both ? End.BOTH : End.RETURN;
    if (lineEnd == End.RETURN && both) {
      // Lines end with a carriage return alone: the newline is the next line's.
      found = End.RETURN;
    }
    if (lineEnd == End.UNKNOWN) {
      lineEnd = found;
    } else if (lineEnd != found) {
      throw CopyFailure.malformed(
          (csv ? "unquoted " : "literal ")
              + (b == '\n' ? "newline" : "carriage return")
              + " found in data, line "
              + line);
    }
    row(buffer.at, buffer.at + (found == End.BOTH ? 2 : 1), to);
  }

  /** A row that ends before one place, the next beginning at another. */
  private void row(int end, int next, Sink to) throws CopyFailure {
    int start = buffer.start;
    boolean mark =
        end - start == 2 && buffer.bytes[start] == '\\' && buffer.bytes[start + 1] == '.';
    if (header) {
      header = false;
      to.mark(buffer.bytes, start, next - start);
    } else if (mark && csv) {
      throw CopyFailure.malformed("\\. in CSV means other things to other servers, line " + line);
    } else if (mark) {
      over = true;
      to.mark(buffer.bytes, start, next - start);
    } else {
      List<byte @Nullable []> found = new ArrayList<>(fields.size());
      for (FieldFinder field : fields) {
        found.add(field.find(buffer.bytes, start, end, line));
      }
      to.row(buffer.bytes, start, next - start, line, found);
    }
    line += 1 + within;
    within = 0;
    buffer.start = next;
    buffer.at = next;
    quoted = false;
    escaped = false;
  }
}
