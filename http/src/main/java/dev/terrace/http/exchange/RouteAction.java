package dev.terrace.http.exchange;

import dev.terrace.http.head.LocalAnswer;

/** What becomes of the requests of a route. */
public sealed interface RouteAction {

  /** A member of a pool serves them. */
  record Forward(RoutePools pools) implements RouteAction {}

  /** All get this answer. */
  record Respond(LocalAnswer answer) implements RouteAction {}
}
