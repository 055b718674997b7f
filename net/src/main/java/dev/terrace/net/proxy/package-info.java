/**
 * The PROXY protocol (haproxy.org/download/3.0/doc/proxy-protocol.txt), versions 1 and 2: who a
 * client is, told in the first bytes of a connection. {@link dev.terrace.net.proxy.ProxyHeaders}
 * reads it from load balancers before us, {@link dev.terrace.net.ProxyVersion} writes it to
 * members; {@link dev.terrace.net.ClientAddress} is what fronts ask.
 */
@NullMarked
package dev.terrace.net.proxy;

import org.jspecify.annotations.NullMarked;
