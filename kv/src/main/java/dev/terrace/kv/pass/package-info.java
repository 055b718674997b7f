/**
 * Keys that stay in Redis: commands go on to the nodes of a store as they came and so do the
 * replies. {@link dev.terrace.kv.pass.Passage} is where one client's commands are sent on, {@link
 * dev.terrace.kv.pass.NodeConnection} where replies come back, {@link dev.terrace.kv.pass.Ring}
 * says which node has a key and {@link dev.terrace.kv.pass.PassCommands} where a command's keys
 * are.
 */
@NullMarked
package dev.terrace.kv.pass;

import org.jspecify.annotations.NullMarked;
