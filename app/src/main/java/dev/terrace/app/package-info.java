/**
 * The process: {@link dev.terrace.app.Main} reads the command line, {@link dev.terrace.app.Terrace}
 * wires the tiers.
 */
@NullMarked
package dev.terrace.app;

import org.jspecify.annotations.NullMarked;
