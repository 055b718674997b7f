/**
 * What the tiers tell of themselves; every metric is listed in {@link
 * dev.terrace.core.signal.Metric}.
 */
@NullMarked
package dev.terrace.core.signal;

import org.jspecify.annotations.NullMarked;
