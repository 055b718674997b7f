package dev.terrace.sql.plan;

/**
 * How COPY writes rows.
 *
 * @param nullText what stands for NULL
 * @param header whether the first line names the columns
 */
public record CopyFormat(
    Kind kind, byte delimiter, String nullText, byte quote, byte escape, boolean header) {

  /** The formats. */
  public enum Kind {
    /** Columns between tabs, escapes with backslashes. */
    TEXT,
    /** Columns between commas, quoted where needed. */
    CSV,
    /** Columns with their lengths. */
    BINARY
  }

  /** A format as it is unless options say otherwise. */
  public static CopyFormat of(Kind kind) {
    boolean csv = kind == Kind.CSV;
    return new CopyFormat(
        kind, (byte) (csv ? ',' : '\t'), csv ? "" : "\\N", (byte) '"', (byte) '"', false);
  }
}
