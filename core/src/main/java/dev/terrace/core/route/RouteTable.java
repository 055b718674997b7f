package dev.terrace.core.route;

import java.util.ArrayList;
import java.util.List;

/**
 * Routes in the order in which they are tried, the first that matches being taken. Immutable;
 * matching allocates nothing.
 *
 * @param <T> what a route leads to
 */
public final class RouteTable<T> {

  /** What a request met. */
  public sealed interface Outcome<T> {}

  /**
   * A route takes the request.
   *
   * @param index its place in the file, from 0
   */
  public record Matched<T>(int index, RouteRule rule, T target) implements Outcome<T> {}

  /** No route does. */
  public record NoRoute<T>() implements Outcome<T> {}

  private final List<Matched<T>> routes;
  private final NoRoute<T> none = new NoRoute<>();

  private RouteTable(List<Matched<T>> routes) {
    this.routes = routes;
  }

  /** Gathers routes. */
  public static final class Builder<T> {
    private final List<Matched<T>> routes = new ArrayList<>();

    /** Adds a route after those that are there. */
    public Builder<T> add(RouteRule rule, T target) {
      routes.add(new Matched<>(routes.size(), rule, target));
      return this;
    }

    /** The table of what was added in file order. */
    public RouteTable<T> build(RouteOrder order) {
      return new RouteTable<>(order.sort(routes, Matched::rule));
    }
  }

  /** The first route that takes the request. */
  public Outcome<T> match(RouteRequest request) {
    for (int i = 0; i < routes.size(); i++) {
      Matched<T> route = routes.get(i);
      if (route.rule().matches(request)) {
        return route;
      }
    }
    return none;
  }

  /** All routes, the one that is tried first at the front. */
  public List<Matched<T>> routes() {
    return routes;
  }
}
