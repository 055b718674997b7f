package dev.terrace.core.freshness;

/**
 * A place in the history of a shard: a position in the log of one timeline. Each promotion begins a
 * timeline with a higher number, which shares the log of the one before up to where it forked off.
 */
public record LogMark(int timeline, Lsn lsn) {

  public LogMark {
    if (timeline < 1) {
      throw new IllegalArgumentException("timelines count from 1, not " + timeline);
    }
  }

  /**
   * The timeline of a file of the log, as pg_walfile_name says it: in eight hexadecimal digits,
   * first in its name.
   *
   * @throws IllegalArgumentException if it is no such name
   */
  public static int timelineOf(String walFile) {
    if (walFile.length() < 8) {
      throw new IllegalArgumentException("no file of the log: '" + walFile + "'");
    }
    return Integer.parseUnsignedInt(walFile.substring(0, 8), 16);
  }

  /**
   * Whether a server that has replayed up to {@code replayed} has all that was written up to here
   * and still exists. What an older timeline had behind its fork is lost everywhere, so a later
   * timeline that has come as far holds what there is.
   */
  public boolean heldBy(LogMark replayed) {
    return replayed.timeline >= timeline && replayed.lsn.compareTo(lsn) >= 0;
  }

  /** The later of both. */
  public LogMark later(LogMark other) {
    if (timeline != other.timeline) {
      return timeline > other.timeline ? this : other;
    }
    return lsn.compareTo(other.lsn) >= 0 ? this : other;
  }

  @Override
  public String toString() {
    return lsn + " of timeline " + timeline;
  }
}
