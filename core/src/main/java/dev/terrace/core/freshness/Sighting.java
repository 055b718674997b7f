package dev.terrace.core.freshness;

import java.util.OptionalInt;

/** What one check saw of a database server's part in its shard. */
public sealed interface Sighting {

  /**
   * It takes writes.
   *
   * @param written its timeline, and how far its log was written
   */
  record Primary(LogMark written) implements Sighting {}

  /**
   * It is in recovery: it follows another server, or tries to.
   *
   * @param receiver the state of what receives its primary's log: {@code streaming}, or why not
   * @param timeline whose log it receives; empty if it is not told
   * @param replayed how far it has replayed that log
   */
  record Standby(String receiver, OptionalInt timeline, Lsn replayed) implements Sighting {

    /** What {@link #receiver} is while it follows. */
    public static final String STREAMING = "streaming";

    /** Whether its primary's log reaches it right now. */
    public boolean streams() {
      return receiver.equals(STREAMING);
    }
  }

  /** It could not be asked. */
  record Silent(String reason) implements Sighting {}
}
