/** The running process: {@link dev.terrace.app.server.Terrace} wires the tiers of one file. */
@NullMarked
package dev.terrace.app.server;

import org.jspecify.annotations.NullMarked;
