package dev.terrace.core.route;

import org.jspecify.annotations.Nullable;

/** What of a request a route may look at. Texts may be views that are only good for this call. */
public interface RouteRequest {

  /** The host that is asked for, perhaps with a port; empty if the request names none. */
  CharSequence host();

  /** The path without the query, as {@link RoutePath#forMatching} gives it. */
  CharSequence path();

  /** The method. */
  CharSequence method();

  /** The value of a header, the first if there are several, or null without one. */
  @Nullable CharSequence header(String name);

  /** The value of a cookie, or null without one. */
  @Nullable CharSequence cookie(String name);

  /**
   * The first value of a query parameter with its escapes decoded, or null without one, as {@link
   * QueryText#first} gives it.
   */
  @Nullable CharSequence query(String name);

  /**
   * The 4 or 16 bytes of the client's IP address; no bytes if it is not known. Not to be changed.
   */
  byte[] clientAddress();
}
