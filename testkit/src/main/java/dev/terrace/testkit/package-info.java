/**
 * What tests of all modules share: {@link dev.terrace.testkit.Await} for conditions, {@link
 * dev.terrace.testkit.Seeded} for random input, {@link dev.terrace.testkit.SharedPostgres} for a
 * real database, {@link dev.terrace.testkit.RawClient} and {@link dev.terrace.testkit.TestBackend}
 * for the two ends of a connection.
 */
@NullMarked
package dev.terrace.testkit;

import org.jspecify.annotations.NullMarked;
