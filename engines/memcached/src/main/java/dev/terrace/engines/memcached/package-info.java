/**
 * Memcached as a cache that nodes share, {@link dev.terrace.engines.memcached.MemcachedCache}, over
 * a small client of its meta commands, {@link dev.terrace.engines.memcached.MemcachedLink}.
 */
@NullMarked
package dev.terrace.engines.memcached;

import org.jspecify.annotations.NullMarked;
