package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolSnapshot;

/**
 * A way of choosing members; it builds a {@link Picker} for each snapshot of a pool. {@link
 * Policies#parse} reads one from its name.
 */
public sealed interface Policy
    permits RoundRobin,
        LeastConnections,
        RandomChoice,
        PowerOfTwoChoices,
        PeakEwma,
        ConsistentHash {

  /** The name that the file, the log and the console use. */
  String name();

  /** Builds the picker for one snapshot. */
  Picker picker(PoolSnapshot snapshot);

  /** What the policy needs hashed into {@link PickRequest#key}. */
  default HashInput hashInput() {
    return new HashInput.None();
  }
}
