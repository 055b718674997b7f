/** Benchmarks and soaks; start at {@code http.HttpBench} and {@code soak.Soak}. */
@NullMarked
package dev.terrace.bench;

import org.jspecify.annotations.NullMarked;
