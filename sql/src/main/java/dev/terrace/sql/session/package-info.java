/**
 * One client's session: {@link dev.terrace.sql.session.ClientHandler} logs it in and feeds {@link
 * dev.terrace.sql.session.Session}, which takes messages one by one; {@link
 * dev.terrace.sql.session.StatementRouter} says where each statement goes, {@link
 * dev.terrace.sql.session.Link} gets the server connection, {@link dev.terrace.sql.session.Replies}
 * matches what comes back.
 */
@NullMarked
package dev.terrace.sql.session;

import org.jspecify.annotations.NullMarked;
