package dev.terrace.core.freshness;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in PostgreSQL's log of changes, in bytes from its beginning; written as PostgreSQL
 * does: {@code 16/B374D848}.
 */
public record Lsn(long bytes) implements Comparable<Lsn> {

  /** The beginning of the log: before everything. */
  public static final Lsn START = new Lsn(0);

  private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");
  private static final int PAGE_BYTES = 8192;
  private static final int PAGE_HEAD_BYTES = 24;

  /**
   * Reads PostgreSQL's form.
   *
   * @throws IllegalArgumentException if the text is not of it
   */
  public static Lsn parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a log position, as in 16/B374D848");
    }
    long high = Long.parseLong(parts.group(1), 16);
    long low = Long.parseLong(parts.group(2), 16);
    return new Lsn(high << 32 | low);
  }

  /**
   * The end of the last record before a position at which the next one would be inserted. They
   * differ by the head of a page where that record filled the page before: a replica that has
   * replayed it stays in front of the head until there is more.
   */
  public Lsn endOfRecord() {
    return bytes % PAGE_BYTES == PAGE_HEAD_BYTES ? new Lsn(bytes - PAGE_HEAD_BYTES) : this;
  }

  /** How many bytes this is behind the other; 0 if it is not. */
  public long behind(Lsn other) {
    return compareTo(other) >= 0 ? 0 : other.bytes - bytes;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return Long.toHexString(bytes >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(bytes & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
  }
}
