/**
 * Metrics as they are scraped ({@link dev.terrace.console.metrics.Exposition}) and as they move
 * ({@link dev.terrace.console.metrics.Rates}).
 */
@NullMarked
package dev.terrace.console.metrics;

import org.jspecify.annotations.NullMarked;
