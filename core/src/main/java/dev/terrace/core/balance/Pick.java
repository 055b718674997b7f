package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolMember;

/** What a picker decided, and why. */
public sealed interface Pick {

  /** The word for this outcome in logs, headers, metrics and the console. */
  String reason();

  /**
   * This member is to do the work.
   *
   * @param reason the policy's name, or what overruled it ("sticky", "load-bound")
   */
  record Picked(PoolMember member, String reason) implements Pick {}

  /** No member can be had. */
  record Rejected(Cause cause) implements Pick {
    @Override
    public String reason() {
      return cause.name();
    }
  }

  /** Why no member can be had. */
  enum Cause {
    /** The pool has no members at all. */
    POOL_EMPTY,
    /** It has members, but each is down or draining. */
    NO_MEMBER_UP,
    /** Each member that is up was tried for this request before. */
    ALL_TRIED
  }
}
