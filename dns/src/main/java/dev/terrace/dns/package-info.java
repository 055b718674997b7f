/**
 * Authoritative DNS. {@link dev.terrace.dns.DnsFront} listens; a {@link dev.terrace.dns.Responder}
 * turns one message into its reply by looking names up in {@link dev.terrace.dns.Zones}; {@link
 * dev.terrace.dns.DnsExplain} says what it would answer and why.
 */
@NullMarked
package dev.terrace.dns;

import org.jspecify.annotations.NullMarked;
