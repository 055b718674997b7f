/**
 * How Terrace's nodes tell one another which keys were written, so that none answers with an old
 * value for long: {@link dev.terrace.kv.nodes.Nodes}.
 */
@NullMarked
package dev.terrace.kv.nodes;

import org.jspecify.annotations.NullMarked;
