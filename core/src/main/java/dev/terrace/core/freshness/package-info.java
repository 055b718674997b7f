/**
 * What a copy may still be used for. Replicas: {@link dev.terrace.core.freshness.ReplicaProgress}
 * says how far they are, {@link dev.terrace.core.freshness.ShardRoles} who is one.
 */
@NullMarked
package dev.terrace.core.freshness;

import org.jspecify.annotations.NullMarked;
