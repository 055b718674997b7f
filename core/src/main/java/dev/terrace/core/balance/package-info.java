/**
 * Which member a request goes to; start at {@link dev.terrace.core.balance.Policy}, then {@link
 * dev.terrace.core.balance.RoundRobin}.
 */
@NullMarked
package dev.terrace.core.balance;

import org.jspecify.annotations.NullMarked;
