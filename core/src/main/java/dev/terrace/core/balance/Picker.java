package dev.terrace.core.balance;

/**
 * Chooses members of one snapshot. It is built anew for every snapshot; picking takes no lock and
 * may be done by any number of threads at once.
 */
@FunctionalInterface
public interface Picker {

  /** Chooses a member that was not tried yet for this request. */
  Pick pick(PickRequest request);
}
