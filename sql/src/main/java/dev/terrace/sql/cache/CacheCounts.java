package dev.terrace.sql.cache;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of one store's results. */
public final class CacheCounts {

  private final Counter hits;
  private final Counter misses;
  private final Counter joined;
  private final Counter stale;
  private final Counter evicted;
  private final Map<NotKept, Counter> notKept = new EnumMap<>(NotKept.class);
  private final LongAdder entries = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  CacheCounts(Signals signals, String store) {
    hits = signals.counter(Metric.SQL_CACHE, store, "hit");
    misses = signals.counter(Metric.SQL_CACHE, store, "miss");
    joined = signals.counter(Metric.SQL_CACHE, store, "joined");
    stale = signals.counter(Metric.SQL_CACHE, store, "stale");
    evicted = signals.counter(Metric.SQL_CACHE, store, "evicted");
    for (NotKept why : NotKept.values()) {
      notKept.put(why, signals.counter(Metric.SQL_CACHE_NOT_KEPT, store, why.label()));
    }
    signals.gauge(entries::sum, Metric.SQL_CACHE_ENTRIES, store);
    signals.gauge(bytes::sum, Metric.SQL_CACHE_BYTES, store);
  }

  void hit() {
    hits.increment();
  }

  void miss() {
    misses.increment();
  }

  /** One waits for what another has asked already, and will count as a hit or a miss then. */
  void joined() {
    joined.increment();
  }

  /** What was found was written to since. */
  void stale() {
    stale.increment();
  }

  void evicted() {
    evicted.increment();
  }

  /** A result that was asked to be kept is not. */
  void notKept(NotKept why) {
    Counter counter = notKept.get(why);
    if (counter != null) {
      counter.increment();
    }
  }

  void added(int weight) {
    entries.increment();
    bytes.add(weight);
  }

  void removed(int weight) {
    entries.decrement();
    bytes.add(-weight);
  }

  /** Results kept now. */
  public long entries() {
    return entries.sum();
  }

  /** Memory that they take. */
  public long bytes() {
    return bytes.sum();
  }

  /** Answers that came out of what is kept. */
  public long hits() {
    return hits.value();
  }

  /** Reads that found nothing kept, or nothing that was true still. */
  public long misses() {
    return misses.value();
  }

  /** Results found that were written to since. */
  public long staleOnes() {
    return stale.value();
  }

  /** Results that made room for others. */
  public long evictedOnes() {
    return evicted.value();
  }

  /** Results that were to be kept and are not. */
  public long notKeptOnes() {
    return notKept.values().stream().mapToLong(Counter::value).sum();
  }
}
