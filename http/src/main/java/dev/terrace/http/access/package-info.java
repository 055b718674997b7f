/**
 * A line for each exchange, written off the event loops; start at {@link
 * dev.terrace.http.access.AccessLog}.
 */
@NullMarked
package dev.terrace.http.access;

import org.jspecify.annotations.NullMarked;
