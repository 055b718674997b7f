/**
 * A long run of one Terrace under load while its members come and go and its file changes; {@link
 * dev.terrace.bench.soak.Soak} is where it starts, {@code bench/soak.sh} runs it.
 */
@NullMarked
package dev.terrace.bench.soak;

import org.jspecify.annotations.NullMarked;
