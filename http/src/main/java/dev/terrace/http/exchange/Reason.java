package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.balance.Pick;
import dev.terrace.http.head.LocalAnswer;

/** Why Terrace itself answers a well-formed request; the word is in header, metric and body. */
public enum Reason {
  NO_ROUTE(404, "no route matches"),
  RATE_LIMITED(429, "too many requests"),
  BODY_TOO_LARGE(413, "the request's body is larger than allowed"),
  REQUEST_TIMEOUT(408, "the request did not arrive in time"),
  UNREACHABLE(502, "no member could be reached"),
  CONNECTION_LOST(502, "the member closed the connection without an answer"),
  BROKEN_ANSWER(502, "the member's answer is not HTTP"),
  NO_MEMBER_UP(503, "no member is up"),
  POOL_EMPTY(503, "it has no members"),
  REFUSED(503, "the member refused the request"),
  LIMIT(503, "every member has all the connections it may have, and no more may wait"),
  OVERLOADED(503, "it has all the requests in hand that it may have"),
  PENDING_TIMEOUT(503, "no connection was free in time"),
  RESPONSE_TIMEOUT(504, "the member did not answer in time"),
  TOTAL_TIMEOUT(504, "the request took longer than allowed");

  private static final long SOON_NANOS = 1_000_000_000L;

  private final int status;
  private final String words;

  Reason(int status, String words) {
    this.status = status;
    this.words = words;
  }

  /** The status that says it. */
  public int status() {
    return status;
  }

  /** When a client may come again, 0 if time makes no difference. */
  long retryAfterNanos() {
    return status == 503 ? SOON_NANOS : 0;
  }

  /** What it means, for people. */
  public String words() {
    return words;
  }

  /**
   * The answer to a request that ends for this reason.
   *
   * @param where what stands before the words
   */
  LocalAnswer answer(String where, long againAfterNanos) {
    return LocalAnswer.refusal(status, name(), where + words, againAfterNanos);
  }

  /** Why a request cannot be served after that failure. */
  public static Reason of(AttemptFailure failure) {
    return switch (failure) {
      case UNREACHABLE -> UNREACHABLE;
      case LIMIT -> LIMIT;
      case REFUSED, REFUSED_BY_STATUS -> REFUSED;
      case CLOSED -> CONNECTION_LOST;
      case BROKEN_ANSWER -> BROKEN_ANSWER;
      case TIMED_OUT -> RESPONSE_TIMEOUT;
    };
  }

  /** Why a request cannot be served if no member is picked. */
  public static Reason of(Pick.Cause cause) {
    return switch (cause) {
      case POOL_EMPTY -> POOL_EMPTY;
      case NO_MEMBER_UP -> NO_MEMBER_UP;
      // Only met after a failure, whose own reason is then told.
      case ALL_TRIED -> UNREACHABLE;
    };
  }
}
