/**
 * Where a SQL statement goes, decided from its text and parameters alone: no I/O. Start at {@link
 * dev.terrace.sql.plan.StatementPlanner}; the outcome is a {@link dev.terrace.sql.plan.Routing}.
 */
@NullMarked
package dev.terrace.sql.plan;

import org.jspecify.annotations.NullMarked;
