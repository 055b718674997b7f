/**
 * PostgreSQL's protocol 3.0 on the wire: {@link dev.terrace.sql.wire.FrontendScanner} cuts what
 * clients send into messages, {@link dev.terrace.sql.wire.ReplyScanner} follows what servers send
 * by headers alone, {@link dev.terrace.sql.wire.Answers} and {@link dev.terrace.sql.wire.Requests}
 * write messages.
 */
@NullMarked
package dev.terrace.sql.wire;

import org.jspecify.annotations.NullMarked;
