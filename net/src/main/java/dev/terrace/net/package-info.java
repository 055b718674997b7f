/**
 * Sockets: event loops ({@link dev.terrace.net.EventLoops}), listeners with limits and drain
 * ({@link dev.terrace.net.TcpListener}), connections to members ({@link
 * dev.terrace.net.ConnectionPool}).
 */
@NullMarked
package dev.terrace.net;

import org.jspecify.annotations.NullMarked;
