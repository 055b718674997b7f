/**
 * The house rules as tests: {@link dev.terrace.architecture.DependencyTest} over the classes,
 * {@link dev.terrace.architecture.TidyTest} over the sources, {@link
 * dev.terrace.architecture.Ratchet} for what is excused.
 */
@NullMarked
package dev.terrace.architecture;

import org.jspecify.annotations.NullMarked;
