package dev.terrace.console.view;

import dev.terrace.config.CollectionConfig;
import dev.terrace.console.metrics.Rates;
import dev.terrace.core.signal.Metric;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The data cache of the key-value front.
 *
 * @param hitRatio hits per read in the last second, of all collections; null if nothing was read
 * @param memoryMaxBytes what all collections together may take
 */
public record CacheView(
    @Nullable Double hitRatio,
    double readsPerSecond,
    double entries,
    double bytes,
    long memoryMaxBytes,
    List<CollectionView> collections) {

  private static final String HIT = "hit";

  public CacheView {
    collections = List.copyOf(collections);
  }

  /**
   * A collection's share of it.
   *
   * @param hitRatio hits per read in the last second; null if nothing was read
   */
  public record CollectionView(
      String name,
      String table,
      String key,
      long ttlMillis,
      String write,
      @Nullable Double hitRatio,
      double readsPerSecond,
      long hits,
      long misses,
      long stale,
      double entries,
      double bytes) {}

  /** The cache with all collections of the file. */
  public static CacheView of(Subject subject) {
    Rates rates = subject.rates();
    double reads = rates.perSecond(Metric.KV_CACHE);
    double hits = rates.perSecond(Metric.KV_CACHE, labels -> labels.get(1).equals(HIT));
    return new CacheView(
        ratio(hits, reads),
        Subject.rounded(reads),
        rates.total(Metric.KV_CACHE_ENTRIES),
        rates.total(Metric.KV_CACHE_BYTES),
        subject.file().kv().memory().bytes(),
        subject.file().collections().entrySet().stream()
            .map(e -> collection(rates, e.getKey(), e.getValue()))
            .toList());
  }

  private static CollectionView collection(Rates rates, String name, CollectionConfig config) {
    double reads = rates.perSecondOf(Metric.KV_CACHE, name);
    return new CollectionView(
        name,
        config.table().or(config::store).orElse(""),
        config.key().orElse(""),
        config.cache().ttl().toMillis(),
        config.cache().write().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        ratio(rates.perSecondOf(Metric.KV_CACHE, name, HIT), reads),
        Subject.rounded(reads),
        (long) rates.total(Metric.KV_CACHE, name, HIT),
        (long) rates.total(Metric.KV_CACHE, name, "miss"),
        (long) rates.total(Metric.KV_CACHE, name, "stale"),
        rates.total(Metric.KV_CACHE_ENTRIES, name),
        rates.total(Metric.KV_CACHE_BYTES, name));
  }

  private static @Nullable Double ratio(double hits, double reads) {
    return reads > 0 ? Math.round(1000 * hits / reads) / 1000.0 : null;
  }
}
