package dev.terrace.core.freshness;

import dev.terrace.core.freshness.ReplicaProgress.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How far a replica may be behind and still be read from, in time, in bytes or in both. */
public record LagLimit(Optional<Duration> time, OptionalLong bytes) {

  /** In time alone. */
  public static LagLimit of(Duration time) {
    return new LagLimit(Optional.of(time), OptionalLong.empty());
  }

  /** Why a replica that has come so far may not be read from; empty if it may. */
  public Optional<String> exceeded(Progress seen) {
    if (time.isPresent() && seen.lag().compareTo(time.get()) > 0) {
      return Optional.of(
          "it is "
              + seen.lag().toMillis()
              + " ms behind, more than max-lag "
              + time.get().toMillis()
              + " ms");
    }
    if (bytes.isPresent() && seen.lagBytes() > bytes.getAsLong()) {
      return Optional.of(
          "it is "
              + seen.lagBytes()
              + " bytes of log behind, more than max-lag-bytes "
              + bytes.getAsLong());
    }
    return Optional.empty();
  }

  /** Whether that is near enough. */
  public boolean allows(Progress seen) {
    return exceeded(seen).isEmpty();
  }
}
