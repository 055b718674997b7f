/**
 * The commands; {@link dev.terrace.kv.command.Commands} lists them, each is a {@link
 * dev.terrace.kv.command.Command}.
 */
@NullMarked
package dev.terrace.kv.command;

import org.jspecify.annotations.NullMarked;
