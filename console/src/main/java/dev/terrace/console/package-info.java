/**
 * The admin API and the live page; start at {@link dev.terrace.console.Console}, then {@link
 * dev.terrace.console.Routes} for what is answered where.
 */
@NullMarked
package dev.terrace.console;

import org.jspecify.annotations.NullMarked;
