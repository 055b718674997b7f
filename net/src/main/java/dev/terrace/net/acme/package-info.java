/**
 * Certificates that are got and renewed by themselves (ACME, RFC 8555): {@link
 * dev.terrace.net.acme.AcmeRenewal} keeps one good, {@link dev.terrace.net.acme.AcmeChallenges} is
 * what the HTTP front answers an authority from.
 */
@NullMarked
package dev.terrace.net.acme;

import org.jspecify.annotations.NullMarked;
