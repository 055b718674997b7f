package dev.terrace.console.view;

import dev.terrace.console.reshard.Reshard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * All of a running system at one moment: what {@code /api/status} answers and what the stream sends
 * every second.
 *
 * @param missing what is not there yet; empty if ready
 */
public record SystemView(
    long timeMillis,
    String version,
    long startedMillis,
    long uptimeSeconds,
    boolean ready,
    List<String> missing,
    List<TierView> tiers,
    List<RouteView> routes,
    List<PoolView> pools,
    List<StoreView> stores,
    CacheView cache,
    Reshard.Status resharding) {

  public SystemView {
    missing = List.copyOf(missing);
    tiers = List.copyOf(tiers);
    routes = List.copyOf(routes);
    pools = List.copyOf(pools);
    stores = List.copyOf(stores);
  }

  /** The system as it is now. */
  public static SystemView of(
      Subject subject, Instant now, Instant started, String version, List<String> missing) {
    return new SystemView(
        now.toEpochMilli(),
        version,
        started.toEpochMilli(),
        Duration.between(started, now).toSeconds(),
        missing.isEmpty(),
        missing,
        TierView.all(subject),
        RouteView.all(subject),
        PoolView.all(subject),
        StoreView.all(subject),
        CacheView.of(subject),
        subject.resharding());
  }
}
