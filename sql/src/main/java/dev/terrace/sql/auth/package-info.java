/**
 * Logging in by SCRAM-SHA-256 (RFC 5802, RFC 7677): {@link dev.terrace.sql.auth.ScramServer} for
 * clients of Terrace, {@link dev.terrace.sql.auth.ScramClient} towards database servers, both on
 * {@link dev.terrace.sql.auth.ScramKeys}.
 */
@NullMarked
package dev.terrace.sql.auth;

import org.jspecify.annotations.NullMarked;
