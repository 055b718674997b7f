package dev.terrace.config;

import dev.terrace.core.pool.Address;
import java.util.List;

/** The addresses that each front listens on: one, or a list. */
public record ListenConfig(
    @Doc("DNS over UDP and TCP.") List<Address> dns,
    @Doc("HTTP/1.1 and, by prior knowledge, HTTP/2 in clear text.") List<Address> http,
    @Doc("HTTP/2 and HTTP/1.1 over TLS; HTTP/3 too where http.http3 is true.") List<Address> https,
    @Doc("PostgreSQL's protocol.") List<Address> sql,
    @Doc("Redis's protocol (RESP2 and RESP3).") List<Address> kv,
    @Doc("Admin API, metrics and console; loopback addresses only.") List<Address> admin) {}
