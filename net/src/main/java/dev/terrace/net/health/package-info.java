/**
 * Active health checks on virtual threads; start at {@link dev.terrace.net.health.HealthChecks}.
 */
@NullMarked
package dev.terrace.net.health;

import org.jspecify.annotations.NullMarked;
