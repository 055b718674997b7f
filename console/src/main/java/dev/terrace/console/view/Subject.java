package dev.terrace.console.view;

import dev.terrace.config.TerraceConfig;
import dev.terrace.console.metrics.Rates;
import dev.terrace.console.reshard.Reshard;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.Membership;
import dev.terrace.core.pool.Pools;
import dev.terrace.net.discovery.Discovery;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What views are made of.
 *
 * @param memberships who belongs to a pool, by its name
 * @param discoveries how the discovery of a pool's members goes, by its name
 */
public record Subject(
    TerraceConfig file,
    Pools pools,
    Function<String, Optional<Membership>> memberships,
    Function<String, Optional<Discovery.Status>> discoveries,
    Replication replication,
    Rates rates,
    Reshard.Status resharding) {

  /** To one decimal below 10, else whole: steady to look at, short to send. */
  static double rounded(double perSecond) {
    return perSecond < 10 ? Math.round(perSecond * 10) / 10.0 : Math.round(perSecond);
  }

  /** In milliseconds to two decimals; null if unknown. */
  static @Nullable Double millis(OptionalDouble seconds) {
    return seconds.isPresent() ? Math.round(seconds.getAsDouble() * 1e5) / 100.0 : null;
  }
}
