/**
 * Benchmarks and soaks; start at {@code http.HttpBench}, {@code sql.SqlBench} and {@code
 * soak.Soak}.
 */
@NullMarked
package dev.terrace.bench;

import org.jspecify.annotations.NullMarked;
