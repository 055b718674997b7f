package dev.terrace.core.attempt;

/** How a member failed one attempt of a request. */
public enum AttemptFailure {
  /** No connection could be made: nothing was sent. */
  UNREACHABLE,
  /** The member has all the connections it may have: nothing was sent. */
  LIMIT,
  /** The member said that it has not looked at the request, and will not. */
  REFUSED,
  /** The member answered with a status that is worth asking another. */
  REFUSED_BY_STATUS,
  /** The member closed the connection before its answer was complete. */
  CLOSED,
  /** The member sent what is not an answer. */
  BROKEN_ANSWER,
  /** The member did not start its answer in time. */
  TIMED_OUT
}
