/**
 * Suites that others wrote, run against a whole Terrace: h2spec in {@link
 * dev.terrace.conformance.Http2ConformanceTest}, Autobahn in {@link
 * dev.terrace.conformance.WebSocketConformanceTest}. What they find wrong and we leave so is named
 * there with the reason; docs/reference/conformance.md tells of the results.
 */
@NullMarked
package dev.terrace.conformance;

import org.jspecify.annotations.NullMarked;
