/**
 * Spans of exchanges, sent to a collector over OTLP; start at {@link
 * dev.terrace.http.trace.TraceExport}.
 */
@NullMarked
package dev.terrace.http.trace;

import org.jspecify.annotations.NullMarked;
