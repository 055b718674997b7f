package dev.terrace.core.attempt;

/**
 * A failed attempt and what may still be done about it.
 *
 * @param number how many attempts were made, this one included; a reused connection that turned out
 *     to be closed already is not counted
 * @param reused whether the connection had served before, so that the member may have closed it as
 *     idle in the very moment the request was sent
 * @param sent whether any byte of the request was handed to the network
 * @param idempotent whether serving the request twice is as good as once (RFC 9110, section 9.2.2)
 * @param replayable whether all of the request that was read from the client is still at hand
 * @param answered whether any byte of the answer has gone to the client
 */
public record Attempt(
    int number,
    AttemptFailure failure,
    boolean reused,
    boolean sent,
    boolean idempotent,
    boolean replayable,
    boolean answered) {}
