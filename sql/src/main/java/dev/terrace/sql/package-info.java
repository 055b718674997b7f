/**
 * The SQL front: PostgreSQL's protocol, each statement routed to its shard and to a primary or a
 * replica. Starts at {@link dev.terrace.sql.SqlFront}; a client's session is in {@link
 * dev.terrace.sql.session}, where statements go is decided in {@link dev.terrace.sql.plan}.
 */
@NullMarked
package dev.terrace.sql;

import org.jspecify.annotations.NullMarked;
