/**
 * Writes that are acknowledged when a log has them, and reach the store later: {@link
 * dev.terrace.kv.back.WriteBack} is where they come in, {@link dev.terrace.kv.back.Lane} is how
 * they go out.
 */
@NullMarked
package dev.terrace.kv.back;

import org.jspecify.annotations.NullMarked;
