/**
 * A durable log of small records in a folder of its own: {@link dev.terrace.kv.journal.Journal}
 * takes records and says when they are safe, {@link dev.terrace.kv.journal.Frame} is how one lies
 * in a file, {@link dev.terrace.kv.journal.Recovery} reads what a process left behind.
 */
@NullMarked
package dev.terrace.kv.journal;

import org.jspecify.annotations.NullMarked;
