package dev.terrace.http.exchange;

import dev.terrace.core.route.RedirectTarget;
import dev.terrace.http.head.HeadView;
import dev.terrace.http.head.LocalAnswer;

/** What becomes of the requests of a route. */
public sealed interface RouteAction {

  /** A member of a pool serves them. */
  record Forward(RoutePools pools) implements RouteAction {}

  /** The client is sent elsewhere. */
  record Redirect(int status, RedirectTarget to) implements RouteAction {

    /** The answer to a request. */
    LocalAnswer answer(HeadView request, ClientPeer client) {
      String scheme = client.secure() ? "https" : "http";
      return LocalAnswer.redirect(
          status, to.of(scheme, request.host(), request.writtenPath(), request.writtenQuery()));
    }
  }

  /** All get this answer. */
  record Respond(LocalAnswer answer) implements RouteAction {}
}
