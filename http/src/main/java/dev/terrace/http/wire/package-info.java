/**
 * HTTP/1.1 on the wire (RFC 9112): heads read strictly and without allocation ({@link
 * dev.terrace.http.wire.RequestHead}, {@link dev.terrace.http.wire.ResponseHead}), and where bodies
 * end ({@link dev.terrace.http.wire.BodyFraming}).
 */
@NullMarked
package dev.terrace.http.wire;

import org.jspecify.annotations.NullMarked;
