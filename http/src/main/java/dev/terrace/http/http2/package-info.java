/**
 * HTTP/2 (RFC 9113). Heads are translated to and from HTTP/1.1's form, which everything else works
 * on: {@link dev.terrace.http.http2.Http2Heads} reads fields, {@link
 * dev.terrace.http.http2.Http2Fields} writes them. Both serve HTTP/3 as well. Towards members,
 * {@link dev.terrace.http.http2.Http2MemberConnections} opens a stream of a shared connection for
 * each request.
 */
@NullMarked
package dev.terrace.http.http2;

import org.jspecify.annotations.NullMarked;
