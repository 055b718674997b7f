/**
 * What a copy may still be used for; replicas: {@link dev.terrace.core.freshness.ReplicaProgress}.
 */
@NullMarked
package dev.terrace.core.freshness;

import org.jspecify.annotations.NullMarked;
