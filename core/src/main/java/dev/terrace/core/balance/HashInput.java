package dev.terrace.core.balance;

/** What of a request a hashing policy hashes. */
public sealed interface HashInput {

  /** Nothing: the policy does not hash. */
  record None() implements HashInput {}

  /** The client's IP address, without its port. */
  record ClientAddress() implements HashInput {}

  /** The value of a request header; requests without it hash as the empty text. */
  record Header(String name) implements HashInput {}

  /** The value of a cookie; requests without it hash as the empty text. */
  record Cookie(String name) implements HashInput {}

  /** The first value of a query parameter; requests without it hash as the empty text. */
  record Query(String name) implements HashInput {}

  /** The request path, without the query. */
  record Path() implements HashInput {}
}
