/**
 * Real servers on this machine, for the demo and for tests: a PostgreSQL cluster of shards and
 * replicas, other programs as children, and the shop's data.
 *
 * <p>Start at {@link dev.terrace.sandbox.PostgresCluster}. Nothing that is started here outlives
 * the JVM, not even when it is killed: see {@link dev.terrace.sandbox.ChildProcess}.
 */
@NullMarked
package dev.terrace.sandbox;

import org.jspecify.annotations.NullMarked;
