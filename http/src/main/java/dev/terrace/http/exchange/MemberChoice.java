package dev.terrace.http.exchange;

import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.http.head.HeadRewriter;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which members one request is offered to, in turn: first the one that its sticky cookie names, if
 * that one takes work, then those that the pool's policy picks, never one that has failed it.
 */
final class MemberChoice {

  private static final String STICKY = "sticky";
  private PickRequest picks = PickRequest.first(0);
  private boolean cookieHolds;

  /** Begins with a new request. */
  Pick first(RoutePool pool, RouteTarget route, Exchange exchange) {
    picks =
        new PickRequest(
            exchange.key(pool),
            ThreadLocalRandom.current().nextLong(),
            exchange.startNanos(),
            Set.of());
    cookieHolds = false;
    if (route.isSticky()) {
      String cookie = exchange.client().head().cookie(route.stickyCookie());
      if (cookie != null) {
        PoolMember named = pool.stickyMembers().find(pool.pool().snapshot(), cookie);
        if (named != null) {
          cookieHolds = true;
          return new Pick.Picked(named, STICKY);
        }
      }
    }
    return pool.pool().pick(picks);
  }

  /** The next, after that member failed. */
  Pick after(RoutePool pool, PoolMember failed) {
    leave(failed);
    return pool.pool().pick(picks);
  }

  /** Whom it would be offered to if that member failed. */
  Pick instead(RoutePool pool, PoolMember failing) {
    return pool.pool().pick(picks.without(failing.id()));
  }

  /** It is not offered to that member any more. */
  void leave(PoolMember failed) {
    cookieHolds = false;
    picks = picks.without(failed.id());
  }

  /** The header line that makes the client come back to the member, or nothing if it does. */
  byte[] stickyLine(RouteTarget route, PoolMember served) {
    if (!route.isSticky() || cookieHolds) {
      return HeadRewriter.NO_LINES;
    }
    return HeadRewriter.ascii(
        "Set-Cookie: "
            + route.stickyCookie()
            + "="
            + StickyMembers.id(served)
            + "; Path=/; HttpOnly; SameSite=Lax\r\n");
  }
}
