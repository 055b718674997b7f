/**
 * The rows of several shards made one answer: {@link dev.terrace.sql.gather.RowOrder} compares them
 * by their sort keys, {@link dev.terrace.sql.gather.ColumnArrays} turns them into arrays for a last
 * statement. Bytes in, bytes out; no connection is known here.
 */
@NullMarked
package dev.terrace.sql.gather;

import org.jspecify.annotations.NullMarked;
