/**
 * Transactions over several shards: what is decided about them is a row in the store itself. Start
 * with {@link dev.terrace.sql.twophase.DecisionLog}.
 */
@NullMarked
package dev.terrace.sql.twophase;

import org.jspecify.annotations.NullMarked;
