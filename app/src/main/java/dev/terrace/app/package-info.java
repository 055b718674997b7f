/** Where the process starts: {@link dev.terrace.app.Main} reads the command line. */
@NullMarked
package dev.terrace.app;

import org.jspecify.annotations.NullMarked;
