/**
 * Transactions over several shards that wait for each other in a circle, which no server can see.
 */
@NullMarked
package dev.terrace.sql.deadlock;

import org.jspecify.annotations.NullMarked;
