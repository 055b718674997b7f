/**
 * One request and its answer, whatever the protocols on either side. Start at {@link
 * dev.terrace.http.exchange.Exchange}; it meets its client as a {@link
 * dev.terrace.http.exchange.ClientStream} and the member that serves it as a {@link
 * dev.terrace.http.exchange.MemberStream}. Heads pass between the two in the form of HTTP/1.1.
 */
@NullMarked
package dev.terrace.http.exchange;

import org.jspecify.annotations.NullMarked;
