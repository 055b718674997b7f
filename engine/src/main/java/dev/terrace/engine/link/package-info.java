/**
 * Connections to the servers of a store for drivers that bring no pool of their own: {@link
 * dev.terrace.engine.link.StoreLinks}.
 */
@NullMarked
package dev.terrace.engine.link;

import org.jspecify.annotations.NullMarked;
