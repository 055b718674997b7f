/** Which shard a key lives on; start at {@link dev.terrace.core.place.Placement}. */
@NullMarked
package dev.terrace.core.place;

import org.jspecify.annotations.NullMarked;
