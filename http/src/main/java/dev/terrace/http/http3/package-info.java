/**
 * HTTP/3 (RFC 9114) to clients, over QUIC (RFC 9000): {@link dev.terrace.http.http3.Http3Listeners}
 * opens UDP ports, {@link dev.terrace.http.http3.Http3ClientStream} is one request on a connection.
 */
@NullMarked
package dev.terrace.http.http3;

import org.jspecify.annotations.NullMarked;
