/**
 * Collections over tables: what a key's entry is ({@link dev.terrace.kv.data.Entry}), how reads
 * fill the cache ({@link dev.terrace.kv.data.ReadThrough}) and how writes reach the store ({@link
 * dev.terrace.kv.data.WriteThrough}).
 */
@NullMarked
package dev.terrace.kv.data;

import org.jspecify.annotations.NullMarked;
