/**
 * One process takes the ports over from another without refusing anybody: {@link
 * dev.terrace.net.takeover.TakeOverOffer} in the old, {@link dev.terrace.net.takeover.TakeOver} in
 * the new.
 */
@NullMarked
package dev.terrace.net.takeover;

import org.jspecify.annotations.NullMarked;
