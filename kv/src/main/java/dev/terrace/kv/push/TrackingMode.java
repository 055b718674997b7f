package dev.terrace.kv.push;

import java.util.List;

/**
 * How a client wants to be told of changed keys.
 *
 * @param broadcast of all keys with these prefixes, and not of those that it read
 * @param optIn only of what it read right after CLIENT CACHING YES
 * @param optOut not of what it read right after CLIENT CACHING NO
 * @param noLoop not of its own changes
 * @param redirect the number of the client that is told instead, or 0
 */
public record TrackingMode(
    boolean broadcast,
    List<String> prefixes,
    boolean optIn,
    boolean optOut,
    boolean noLoop,
    long redirect) {}
