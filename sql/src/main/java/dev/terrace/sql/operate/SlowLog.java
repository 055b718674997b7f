package dev.terrace.sql.operate;

import dev.terrace.config.SqlConfig.SlowLogConfig;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes a line of the log for each statement that took longer than the file allows, and no more
 * than so many a minute: how many were left out stands in the next line.
 */
public final class SlowLog {

  private static final System.Logger LOG = System.getLogger(SlowLog.class.getName());
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final long overNanos;
  private final int linesPerMinute;
  private final boolean values;
  private final Counter logged;
  private final Counter left;
  private long windowNanos;
  private int inWindow;
  private long leftOut;

  /** The log of one store. */
  public SlowLog(Optional<SlowLogConfig> config, Signals signals, String store) {
    this.linesPerMinute = config.map(SlowLogConfig::linesPerMinute).orElse(0);
    this.values = config.map(SlowLogConfig::values).orElse(false);
    this.overNanos = config.map(c -> c.over().toNanos()).orElse(Long.MAX_VALUE);
    this.logged = signals.counter(Metric.SQL_SLOW, store, "logged");
    this.left = signals.counter(Metric.SQL_SLOW, store, "left-out");
  }

  /** From when on a statement is slow. */
  public long overNanos() {
    return overNanos;
  }

  /** Tells of a statement; the line is written by another thread, as that may block. */
  public void tell(SlowStatement statement, long nowNanos) {
    long before = room(nowNanos);
    if (before < 0) {
      left.increment();
      return;
    }
    logged.increment();
    Thread.startVirtualThread(() -> {
      String note = before == 0 ? "" : " (" + before + " more were left out before)";
      LOG.log(System.Logger.Level.INFO, () -> statement.line(values) + note);
    });
  }

  /** How many were left out since the last line, or -1 if this one must be too. */
  private synchronized long room(long nowNanos) {
    if (inWindow == 0 || nowNanos - windowNanos >= MINUTE_NANOS) {
      windowNanos = nowNanos;
      inWindow = 0;
    }
    if (inWindow >= linesPerMinute) {
      leftOut++;
      return -1;
    }
    inWindow++;
    long before = leftOut;
    leftOut = 0;
    return before;
  }
}
