package dev.terrace.sql.copy;

import dev.terrace.sql.plan.CopyFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A column of a row in CSV format. */
final class CsvField implements FieldFinder {

  private final CopyFormat format;
  private final byte[] nothing;
  private final int column;

  CsvField(CopyFormat format, int column) {
    this.format = format;
    this.nothing = format.nullText().getBytes(StandardCharsets.UTF_8);
    this.column = column;
  }

  @Override
  public byte @Nullable [] find(byte[] bytes, int from, int to, long line) throws CopyFailure {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int index = 0;
    boolean quoted = false;
    boolean within = false;
    for (int at = from; at < to; at++) {
      byte b = bytes[at];
      if (within) {
        boolean escapes = b == format.escape() && at + 1 < to && isEscaped(bytes[at + 1]);
        if (escapes) {
          at++;
        }
        within = escapes || b != format.quote();
        if (within && index == column) {
          out.write(bytes[at]);
        }
      } else if (b == format.delimiter()) {
        if (index == column) {
          break;
        }
        index++;
        quoted = false;
      } else if (b == format.quote()) {
        within = true;
        quoted = true;
      } else if (index == column) {
        out.write(b);
      }
    }
    if (index < column) {
      throw FieldFinder.missing("line " + line);
    }
    byte[] found = out.toByteArray();
    return !quoted && Arrays.equals(found, nothing) ? null : found;
  }

  private boolean isEscaped(byte next) {
    return next == format.escape() || next == format.quote();
  }
}
