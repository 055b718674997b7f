/** What to do after a failed attempt; start at {@link dev.terrace.core.attempt.NextStep}. */
@NullMarked
package dev.terrace.core.attempt;

import org.jspecify.annotations.NullMarked;
