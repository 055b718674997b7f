package dev.terrace.core.freshness;

/**
 * What is known of the servers of all stores: who is primary, and how far the others follow.
 *
 * @param roles who is what
 * @param progress how far replicas are
 */
public record Replication(StoreRoles roles, ReplicaProgress progress) {

  /** Nothing is known yet. */
  public Replication() {
    this(new StoreRoles(), new ReplicaProgress());
  }
}
