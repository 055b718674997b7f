/**
 * What is pushed to clients without their asking: {@link dev.terrace.kv.push.Tracking} tells them
 * which of the keys that they read have changed, {@link dev.terrace.kv.push.KeyEvents} publishes
 * what happens to keys.
 */
@NullMarked
package dev.terrace.kv.push;

import org.jspecify.annotations.NullMarked;
