package dev.terrace.core.pool;

/**
 * How a pool treats its members, whatever policy chooses among them.
 *
 * @param panicThreshold when a smaller share than this of the members is up, all that are not
 *     draining are used; 0 for never
 * @param slowStartNanos how long a member that has come up takes to get its full share; 0 for none
 * @param preferZone whether members of the own zone are used first
 * @param ownZone the zone that this process stands in, empty if it is not known
 */
public record PoolSettings(
    double panicThreshold, long slowStartNanos, boolean preferZone, String ownZone) {

  /** Neither panic nor slow start nor zones. */
  public static final PoolSettings PLAIN = new PoolSettings(0, 0, false, "");

  public PoolSettings {
    if (!(panicThreshold >= 0 && panicThreshold <= 1) || slowStartNanos < 0) {
      throw new IllegalArgumentException("a share is within 0 and 1, a time not negative");
    }
  }

  /** Whether members of one zone are told from those of others. */
  public boolean byZone() {
    return preferZone && !ownZone.isEmpty();
  }
}
