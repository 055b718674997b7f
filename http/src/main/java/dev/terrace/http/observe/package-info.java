/**
 * What is told of exchanges that are over; start at {@link
 * dev.terrace.http.observe.ExchangeObserver}.
 */
@NullMarked
package dev.terrace.http.observe;

import org.jspecify.annotations.NullMarked;
