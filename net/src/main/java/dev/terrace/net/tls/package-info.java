/**
 * TLS: {@link dev.terrace.net.tls.CertificateStore} holds the certificates that {@link
 * dev.terrace.net.tls.TlsServer} shows to clients; {@link dev.terrace.net.tls.MemberTls} holds what
 * secures connections to members.
 */
@NullMarked
package dev.terrace.net.tls;

import org.jspecify.annotations.NullMarked;
