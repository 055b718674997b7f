/**
 * The key-value front: Redis's protocol in front of collections whose rows are in a store. {@link
 * dev.terrace.kv.KvFront} listens, {@link dev.terrace.kv.KvConnection} serves one client, {@link
 * dev.terrace.kv.KvExplain} says where a command would go.
 */
@NullMarked
package dev.terrace.kv;

import org.jspecify.annotations.NullMarked;
