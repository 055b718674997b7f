/**
 * What tests of all modules share: {@link dev.terrace.testkit.Await} for conditions and {@link
 * dev.terrace.testkit.SharedPostgres} for a real database.
 */
@NullMarked
package dev.terrace.testkit;

import org.jspecify.annotations.NullMarked;
