package dev.terrace.sql.session;

import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How long a store's statements take, by shard and server. */
final class Latencies {

  private static final int MILLIS = 1000;
  private static final String COORDINATOR = "coordinator";

  private final Signals signals;
  private final String store;
  private final List<Map<String, Histogram>> byShard = new ArrayList<>();
  private final Map<String, Histogram> coordinators = new ConcurrentHashMap<>();
  private final Histogram several;

  Latencies(Signals signals, String store, int shards) {
    this.signals = signals;
    this.store = store;
    for (int shard = 0; shard < shards; shard++) {
      byShard.add(new ConcurrentHashMap<>());
    }
    this.several = signals.histogram(Metric.SQL_SECONDS, store, "several", "");
  }

  /** Forgets what is known of other servers than those: they are gone from the file. */
  static void retain(Signals signals, String store, Set<String> servers) {
    for (Signals.Sample sample : signals.samples()) {
      List<String> labels = sample.series().labelValues();
      boolean gone =
          sample.series().metric() == Metric.SQL_SECONDS
              && labels.get(0).equals(store)
              && !labels.get(1).equals(COORDINATOR)
              && !labels.get(2).isEmpty()
              && !servers.contains(labels.get(2));
      if (gone) {
        signals.removeHistogram(Metric.SQL_SECONDS, labels.toArray(String[]::new));
      }
    }
  }

  /** A statement has ended that one server ran. */
  void took(int shard, String server, long nanos) {
    if (shard == Target.COORDINATOR) {
      of(coordinators, COORDINATOR, server).recordNanos(nanos);
    } else if (shard >= 0 && shard < byShard.size()) {
      Map<String, Histogram> servers = byShard.get(shard);
      Histogram known = servers.get(server);
      (known == null ? of(servers, Integer.toString(shard), server) : known).recordNanos(nanos);
    }
  }

  private Histogram of(Map<String, Histogram> servers, String shard, String server) {
    return servers.computeIfAbsent(
        server, id -> signals.histogram(Metric.SQL_SECONDS, store, shard, id));
  }

  /** A statement has ended that servers of several shards ran. */
  void tookSeveral(long nanos) {
    several.recordNanos(nanos);
  }

  /** Those of a shard's statements; of all its servers. */
  Latency of(int shard) {
    return new Latency(byShard.get(shard).values());
  }

  /** Those of the statements that a server ran for a shard. */
  Latency of(int shard, String server) {
    Histogram found = byShard.get(shard).get(server);
    return new Latency(found == null ? List.of() : List.of(found));
  }

  /** How long statements took that some servers ran. */
  record Latency(Collection<Histogram> histograms) {

    Latency {
      histograms = List.copyOf(histograms);
    }

    private long[] counts() {
      long[] sums = new long[Histogram.upperBoundsSeconds().length + 1];
      for (Histogram each : histograms) {
        List<Long> counts = each.counts();
        for (int i = 0; i < sums.length; i++) {
          sums[i] += counts.get(i);
        }
      }
      return sums;
    }

    private static long sum(long[] counts) {
      long all = 0;
      for (long count : counts) {
        all += count;
      }
      return all;
    }

    /** The mean in milliseconds; null if there were none. */
    @Nullable Double meanMillis() {
      long all = sum(counts());
      double seconds = histograms.stream().mapToDouble(Histogram::sumSeconds).sum();
      return all == 0 ? null : MILLIS * seconds / all;
    }

    /** What 99 of 100 took less than, in milliseconds, to the bucket; null if there were none. */
    @Nullable Double p99Millis() {
      long[] counts = counts();
      double[] bounds = Histogram.upperBoundsSeconds();
      long all = sum(counts);
      long below = 0;
      for (int i = 0; i < bounds.length; i++) {
        below += counts[i];
        if (all > 0 && below * 100 >= all * 99) {
          return MILLIS * bounds[i];
        }
      }
      return all == 0 ? null : MILLIS * bounds[bounds.length - 1];
    }
  }
}
