package dev.terrace.http.exchange;

import dev.terrace.http.head.HeadView;

/** The rate limit of a route. */
public final class RouteLimit {

  /** Takes one request in; else how long until one more is taken. */
  long take(HeadView request, ClientPeer client, long nowNanos) {
    return 0;
  }
}
