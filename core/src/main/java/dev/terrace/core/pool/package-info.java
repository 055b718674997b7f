/** Members and the pools they form; start at {@link dev.terrace.core.pool.Pool}. */
@NullMarked
package dev.terrace.core.pool;

import org.jspecify.annotations.NullMarked;
