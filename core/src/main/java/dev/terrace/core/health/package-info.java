/** When a member counts as up or down; start at {@link dev.terrace.core.health.HealthState}. */
@NullMarked
package dev.terrace.core.health;

import org.jspecify.annotations.NullMarked;
