/**
 * HTTP/1.1 (RFC 9112) on both sides: {@link dev.terrace.http.http1.ClientConnection} reads
 * requests, {@link dev.terrace.http.http1.MemberConnection} reads answers.
 */
@NullMarked
package dev.terrace.http.http1;

import org.jspecify.annotations.NullMarked;
