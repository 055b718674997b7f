/**
 * Results that are kept of reads: what may be kept ({@link dev.terrace.sql.cache.Keepable}), what
 * makes it true ({@link dev.terrace.sql.cache.Versions}) and where it is ({@link
 * dev.terrace.sql.cache.KeptResults}). Sessions use a store's {@link
 * dev.terrace.sql.cache.StoreCache}.
 */
@NullMarked
package dev.terrace.sql.cache;

import org.jspecify.annotations.NullMarked;
