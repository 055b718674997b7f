/** The commands, one class each. */
@NullMarked
package dev.terrace.app.cli;

import org.jspecify.annotations.NullMarked;
