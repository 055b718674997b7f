/**
 * What no single record can see: names that lead nowhere, sections that need each other. {@link
 * dev.terrace.config.check.CrossChecks} runs them all.
 */
@NullMarked
package dev.terrace.config.check;

import org.jspecify.annotations.NullMarked;
