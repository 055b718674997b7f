/**
 * What operators see of the SQL front and may do to it: statements counted by fingerprint ({@link
 * dev.terrace.sql.operate.StatementCounts}), the slow log ({@link
 * dev.terrace.sql.operate.SlowLog}), and {@link dev.terrace.sql.operate.Pauses}, by which work is
 * held back from a store.
 */
@NullMarked
package dev.terrace.sql.operate;

import org.jspecify.annotations.NullMarked;
