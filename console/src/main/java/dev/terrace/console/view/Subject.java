package dev.terrace.console.view;

import dev.terrace.config.TerraceConfig;
import dev.terrace.console.metrics.Rates;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.pool.Pools;
import java.util.Optional;

/** What views are made of. */
public record Subject(
    TerraceConfig file, Pools pools, Optional<ReplicaProgress> replicas, Rates rates) {

  /** To one decimal below 10, else whole: steady to look at, short to send. */
  static double rounded(double perSecond) {
    return perSecond < 10 ? Math.round(perSecond * 10) / 10.0 : Math.round(perSecond);
  }
}
