package dev.terrace.sql.server;

import dev.terrace.net.tls.ClientTls;

/**
 * How connections to a store's servers are secured.
 *
 * @param required whether a server without TLS is refused
 */
public record ServerTls(boolean required, ClientTls tls) {}
