package dev.terrace.core.freshness;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far each replica has followed its primary, in terms of Terrace's own clock and of the log.
 *
 * <p>A check of the primary notes its log position and the time <i>t</i> just before it asked; a
 * later check of a replica that has replayed that position proves that the replica holds everything
 * that was committed before <i>t</i>. So a session that wrote at <i>w</i> reads its own write on
 * every replica whose proven time is later than <i>w</i>, without a word more to any database. What
 * another session wrote is known by its position in the log ({@link ReadAfter}).
 */
public final class ReplicaProgress {

  /**
   * What is known of one replica.
   *
   * @param caughtUpToNanos it holds all that was acknowledged before this reading of the nano clock
   * @param lag how far behind it was when last checked
   * @param lagBytes how much of the primary's log it lacked then
   * @param replayed how far it had replayed the log then
   */
  public record Progress(long caughtUpToNanos, Duration lag, long lagBytes, LogMark replayed) {}

  private final Map<String, Progress> progress = new ConcurrentHashMap<>();

  /** Notes what a check of a replica proved. */
  public void note(String memberId, Progress seen) {
    progress.put(memberId, seen);
  }

  /**
   * Nothing of what was proven counts any more: the server has another part, or another history.
   */
  public void forget(String memberId) {
    progress.remove(memberId);
  }

  /** What is known of the replica, if anything is. */
  public Optional<Progress> of(String memberId) {
    return Optional.ofNullable(progress.get(memberId));
  }

  /** Whether the replica is proven to hold what was acknowledged at {@code writeNanos}. */
  public boolean holds(String memberId, long writeNanos) {
    Progress seen = progress.get(memberId);
    return seen != null && seen.caughtUpToNanos() - writeNanos > 0;
  }

  /** Whether the replica is proven to hold what was written up to there. */
  public boolean holds(String memberId, LogMark mark) {
    Progress seen = progress.get(memberId);
    return seen != null && mark.heldBy(seen.replayed());
  }
}
