/**
 * The HTTP front, a streaming load balancer. Start at {@link dev.terrace.http.HttpFront}; a
 * request's way is {@link dev.terrace.http.http1.ClientConnection} (reads it), {@link
 * dev.terrace.http.exchange.Exchange} (decides), {@link dev.terrace.http.http1.MemberConnection}
 * (reads the answer).
 */
@NullMarked
package dev.terrace.http;

import org.jspecify.annotations.NullMarked;
