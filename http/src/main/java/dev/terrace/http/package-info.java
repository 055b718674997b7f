/**
 * The HTTP front, a streaming HTTP/1.1 load balancer. Start at {@link dev.terrace.http.HttpFront};
 * a request's way is {@link dev.terrace.http.ClientConnection} (reads it), {@link
 * dev.terrace.http.Exchange} (decides), {@link dev.terrace.http.BackendConnection} (reads the
 * answer).
 */
@NullMarked
package dev.terrace.http;

import org.jspecify.annotations.NullMarked;
