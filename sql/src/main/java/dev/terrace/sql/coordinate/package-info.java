/**
 * The coordinator of a store: a PostgreSQL whose foreign tables stand for the store's, for reads
 * that need rows of several shards together. Start with {@link
 * dev.terrace.sql.coordinate.Coordinator}.
 */
@NullMarked
package dev.terrace.sql.coordinate;

import org.jspecify.annotations.NullMarked;
