/** Moves a store's rows to other shards while it serves them. */
@NullMarked
package dev.terrace.app.reshard;

import org.jspecify.annotations.NullMarked;
