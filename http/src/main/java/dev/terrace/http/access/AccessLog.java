package dev.terrace.http.access;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.observe.BatchQueue;
import dev.terrace.http.observe.ExchangeObserver;
import dev.terrace.http.observe.ExchangeView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The access log. An event loop copies what it knows of an exchange into a queue; one thread makes
 * lines of that and writes them, many at once. When the queue is full or the file cannot be
 * written, lines are lost and counted, and requests go on.
 */
public final class AccessLog implements ExchangeObserver, AutoCloseable {

  /** What a line looks like. */
  public enum Format {
    JSON,
    COMMON,
    COMBINED
  }

  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());
  private static final int BATCH_MAX = 1024;
  private static final int WRITE_BYTES = 256 * 1024;
  private static final Duration GATHER = Duration.ofMillis(20);
  private static final long COMPLAIN_NANOS = Duration.ofMinutes(1).toNanos();

  private final double share;
  private final LogTarget target;
  private final LineFormat format;
  private final LineBuffer lines = new LineBuffer();
  private final Counter unwritten;
  private final BatchQueue<AccessEntry> queue;
  private long complainedNanos = System.nanoTime() - COMPLAIN_NANOS;

  private AccessLog(LogTarget target, Format format, double share, int capacity, Signals signals) {
    this.target = target;
    this.share = share;
    this.format =
        switch (format) {
          case JSON -> new JsonLine();
          case COMMON -> new CommonLine(false);
          case COMBINED -> new CommonLine(true);
        };
    unwritten = signals.counter(Metric.HTTP_ACCESS_LOG_LOST, "unwritable");
    queue =
        new BatchQueue<>(
            "access-log",
            capacity,
            BATCH_MAX,
            GATHER,
            this::write,
            signals.counter(Metric.HTTP_ACCESS_LOG_LOST, "queue-full"));
  }

  /**
   * A log in that file.
   *
   * @param share of the exchanges that get a line; those that end with 5xx always do
   * @param capacity lines that may wait to be written
   */
  public static AccessLog toFile(
      Path file, Format format, double share, int capacity, Signals signals) throws IOException {
    return new AccessLog(LogFile.open(file), format, share, capacity, signals);
  }

  /** A log on the standard output. */
  public static AccessLog toStandardOutput(
      Format format, double share, int capacity, Signals signals) {
    return new AccessLog(LogTarget.standardOutput(), format, share, capacity, signals);
  }

  @Override
  public void ended(ExchangeView exchange) {
    if (share >= 1
        || exchange.status() >= 500
        || ThreadLocalRandom.current().nextDouble() < share) {
      queue.offer(AccessEntry.of(exchange, System.currentTimeMillis()));
    }
  }

  /** Finds out at once whether the file is still where it was. */
  public void lookAgain() {
    target.lookAgain();
  }

  private void write(List<AccessEntry> entries) {
    int waiting = 0;
    for (AccessEntry entry : entries) {
      format.write(entry, lines);
      waiting++;
      if (lines.size() >= WRITE_BYTES) {
        flush(waiting);
        waiting = 0;
      }
    }
    flush(waiting);
  }

  private void flush(int count) {
    try {
      target.write(lines.written());
    } catch (IOException e) {
      unwritten.add(count);
      long now = System.nanoTime();
      if (now - complainedNanos >= COMPLAIN_NANOS) {
        complainedNanos = now;
        LOG.log(
            System.Logger.Level.WARNING, "the access log cannot be written, lines are lost: " + e);
      }
    } finally {
      lines.clear();
    }
  }

  /** Writes what waits, and ends. */
  @Override
  public void close() {
    queue.close();
    try {
      target.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing the access log: " + e);
    }
  }
}
