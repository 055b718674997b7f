package dev.terrace.http.head;

import org.jspecify.annotations.Nullable;

/**
 * What a route changes in the heads of its requests.
 *
 * @param host the host that members see, or null for the client's
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to write, never compared
public record RequestEdits(byte @Nullable [] host, HeaderEdits fields) {}
