/**
 * Connections to database servers: {@link dev.terrace.sql.server.ServerPools} has a {@link
 * dev.terrace.sql.server.ServerPool} for each event loop, which lends {@link
 * dev.terrace.sql.server.ServerConnection}s.
 */
@NullMarked
package dev.terrace.sql.server;

import org.jspecify.annotations.NullMarked;
