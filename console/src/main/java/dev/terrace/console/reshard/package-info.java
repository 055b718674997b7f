/** What operators ask and see of a move of rows between shards. */
@NullMarked
package dev.terrace.console.reshard;

import org.jspecify.annotations.NullMarked;
