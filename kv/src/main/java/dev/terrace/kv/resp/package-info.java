/**
 * Redis's wire protocol, RESP2 and RESP3: {@link dev.terrace.kv.resp.RequestParser} reads what
 * clients send, {@link dev.terrace.kv.resp.ReplyWriter} writes what they get.
 */
@NullMarked
package dev.terrace.kv.resp;

import org.jspecify.annotations.NullMarked;
